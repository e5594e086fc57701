namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>A product that a source proposes.</summary>
/// <param name="Item">Its number in the shop.</param>
/// <param name="Score">Finite; higher is better. Only comparable within one source's answer.
/// </param>
/// <param name="Because">The product that led to it; -1 where none did.</param>
internal readonly record struct Candidate(int Item, float Score, int Because = -1);
