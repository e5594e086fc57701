namespace StreamCommerce.Models.Sessions;

/// <summary>What <see cref="SessionKnowledge"/> keeps, and how far its rules reach.</summary>
public sealed record SessionKnowledgeOptions
{
    public SessionIndexOptions Index { get; init; } = new();

    /// <summary>Clicks that a click is related to by rules, on either side.</summary>
    public int Steps { get; init; } = 5;

    /// <summary>Followers kept of an item, and as many predecessors.</summary>
    public int FollowerLimit { get; init; } = 100;
}

/// <summary>
/// All that a blend learns from sessions, click by click. Any thread: see
/// <see cref="SessionIndex"/> and <see cref="SequentialRules"/>.
/// </summary>
public sealed class SessionKnowledge(SessionKnowledgeOptions? options = null)
{
    /// <summary>Sessions that have ended.</summary>
    public SessionIndex Index { get; } = new((options ?? new()).Index);

    /// <summary>From an item to the very next one.</summary>
    public SequentialRules Next { get; } = new(1, (options ?? new()).FollowerLimit);

    /// <summary>From an item to all that follow within a few steps.</summary>
    public SequentialRules Following { get; } =
        new((options ?? new()).Steps, (options ?? new()).FollowerLimit);

    /// <summary>From an item to those that came before it.</summary>
    public SequentialRules Preceding { get; } =
        new((options ?? new()).Steps, (options ?? new()).FollowerLimit);

    /// <summary>Learns the last click of a session that goes on: it counts at once.</summary>
    /// <param name="session">Oldest first.</param>
    public void LearnClick(ReadOnlySpan<int> session)
    {
        Next.Learn(session);
        Following.Learn(session);
        Preceding.LearnBack(session);
    }

    /// <summary>Learns a session that has ended, whose clicks were learnt.</summary>
    /// <param name="session">Oldest first.</param>
    /// <param name="owner">Whose it is, for forgetting; 0 for nobody's.</param>
    /// <returns>Its number in the index; -1 where it is too short for it.</returns>
    public long LearnSession(ReadOnlySpan<int> session, ulong owner = 0) =>
        Index.Add(session, owner);

    /// <summary>Learns a whole session.</summary>
    public void Learn(ReadOnlySpan<int> session)
    {
        for (var length = 2; length <= session.Length; length++) LearnClick(session[..length]);
        LearnSession(session);
    }
}
