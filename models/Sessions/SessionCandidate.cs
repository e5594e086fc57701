namespace StreamCommerce.Models.Sessions;

/// <summary>An item that goes with a session.</summary>
/// <param name="Item">Its number.</param>
/// <param name="Score">Its share of all that speaks for any item: above 0, at most 1.</param>
/// <param name="Cause">The item of the session that most of it comes from: "because you viewed …".
/// </param>
public readonly record struct SessionCandidate(int Item, float Score, int Cause);
