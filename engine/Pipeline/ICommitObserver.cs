namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// Sees what a commit has changed before anybody is told that it is done: for state in memory that
/// an answer must never contradict. What may lag behind belongs on the
/// <see cref="StoreChangeStream"/>.
/// </summary>
/// <remarks>
/// The contract, which the tests of every store check:
/// <list type="bullet">
/// <item><b>Durable before seen, seen before answered.</b> Whoever has the answer to a write, and
/// asks the observer's state after that, finds the write in it.</item>
/// <item><b>In the order of the commits</b>, one call at a time, each commit whole. What a unit of
/// work that failed has told is not among them.</item>
/// <item><b>On the writer's thread.</b> Every caller of the store waits meanwhile: no I/O, no lock
/// that is held for long, nanoseconds a change.</item>
/// <item><b>Commits that were durable before the observer was attached</b> are in what is read from
/// the store after that; all others are told.</item>
/// </list>
/// </remarks>
public interface ICommitObserver
{
    /// <summary>A commit is durable. Must not throw: an observer that does is detached.</summary>
    /// <param name="changes">What it has changed, in its order.</param>
    void Committed(ReadOnlySpan<StoreChange> changes);

    /// <summary>It has thrown and is told of nothing any more.</summary>
    void Detached(Exception fault);
}
