using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Sessions;

namespace StreamCommerce.Tests.Models.Sessions;

/// <summary>Sessions from a seed, over few items so that they have much in common.</summary>
internal static class RandomSessions
{
    public static int[][] Of(int seed, int count, int items = 12, int length = 8)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable
            .Range(0, random.Next(1, length + 1))
            .Select(_ => random.Next(items)).ToArray())];
    }

    public static HistoryEntry[] AsHistory(this int[] items) =>
        [.. items.Select(item => new HistoryEntry(item))];

    /// <summary>What an index answers to a few sessions.</summary>
    public static SessionCandidate[][] Answers(
        SessionIndex index, int seed, NeighbourOptions? options = null)
    {
        var search = new NeighbourSearch(options ?? new() { SampleSize = 20, NeighbourCount = 7 });
        var best = new SessionCandidate[6];
        return [.. Of(seed + 1, 20).Select(session =>
            best[..search.Find(index, session.AsHistory(), best)].ToArray())];
    }
}
