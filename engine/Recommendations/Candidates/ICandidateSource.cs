namespace StreamCommerce.Engine.Recommendations.Candidates;

/// <summary>
/// One way of finding products that somebody may want: long-term taste, sessions alike, what is
/// trending.
/// </summary>
/// <remarks>
/// The contract:
/// <list type="bullet">
/// <item>Any number of threads ask at once. An answer takes some ten microseconds: nothing is read
/// from a disk, no partition's gate is taken, nothing is allocated but now and then.</item>
/// <item>Every candidate is one that <see cref="Asked.Allows"/>, and is there once; every score is
/// finite and not negative.</item>
/// <item>Where a source knows nothing of who asks, it finds nothing.</item>
/// <item>The same question and state give the same answer.</item>
/// </list>
/// </remarks>
internal interface ICandidateSource
{
    RecommendationSource Source { get; }

    /// <summary>Finds candidates.</summary>
    /// <param name="asked">What is asked, and by whom.</param>
    /// <param name="found">Filled with the best ones, best first.</param>
    /// <returns>How many there are.</returns>
    int Find(Asked asked, Span<Candidate> found);
}
