using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>
/// A view of the events, kept for one partition. A pure function of the partition's events in
/// their order: no clock, no randomness, no I/O, so that it can be thrown away and rebuilt.
/// </summary>
/// <remarks>
/// All calls come from the partition's thread; queries hold the partition's gate and so never
/// run beside them. <see cref="Apply"/> decides before it changes anything: where it throws, the
/// event goes to the dead letters and the state is as it was before.
/// </remarks>
public interface IProjection : ICheckpointed
{
    /// <summary>The names of the projections that it reads while it takes in events: it is rebuilt
    /// with them.</summary>
    IReadOnlyList<string> Reads => [];

    /// <summary>Takes in the next event, each exactly once, in the log's order.</summary>
    void Apply(in StreamEvent e);

    /// <summary>Clears all that is kept under a visitor's number.</summary>
    void Forget(int visitor);

    /// <summary>Removes what tells that a visitor was ever here also where
    /// <see cref="Forget"/> leaves it, as in a set of all visitors; comes after it, and only for
    /// a visitor who must be forgotten for good. Where any projection removed something, all of the
    /// state is saved anew.</summary>
    /// <param name="visitor">The <see cref="Ingest.Events.StableHash"/> of the visitor's id.
    /// </param>
    /// <returns>How many things were removed.</returns>
    int Erase(ulong visitor) => 0;

    /// <summary>How many things of a visitor are found by the hash of its id, wherever
    /// <see cref="Erase"/> removes them: counted from what is there, so that it is 0 only where
    /// that has done its work.</summary>
    int CountOf(ulong visitor) => 0;

    /// <summary>How many things are kept under a visitor's number, so that it can be told and
    /// proved what forgetting removed; 0 after <see cref="Forget"/>.</summary>
    int KeptOf(int visitor);
}
