namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// Sends the requests of one call together, some at a time: round trips are what they cost, and a
/// call of hundreds must not take all connections.
/// </summary>
internal static class SideBySide
{
    /// <summary>Requests of one call that are under way together.</summary>
    public const int Limit = 16;

    /// <summary>The answers, in the order of what was asked.</summary>
    public static async ValueTask<List<TAnswer>> RunAsync<T, TAnswer>(
        IEnumerable<T> asked, Func<T, ValueTask<TAnswer>> ask)
    {
        var answers = new List<TAnswer>();
        foreach (var some in asked.Chunk(Limit))
        {
            if (some.Length == 1) answers.Add(await ask(some[0]));
            else answers.AddRange(await Task.WhenAll(some.Select(one => ask(one).AsTask())));
        }
        return answers;
    }
}
