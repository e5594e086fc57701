namespace StreamCommerce.Models.Sessions;

/// <summary>What a <see cref="SessionIndex"/> keeps at most.</summary>
public sealed record SessionIndexOptions
{
    /// <summary>Sessions; a further one takes the place of the oldest. About 120 bytes each.
    /// </summary>
    public int SessionLimit { get; init; } = 500_000;

    /// <summary>Of one item, the sessions that are found through it: its most recent ones.
    /// </summary>
    public int PostingLimit { get; init; } = 5_000;

    /// <summary>Items kept of a session, its last ones: at most 255.</summary>
    public int SessionLength { get; init; } = 50;
}
