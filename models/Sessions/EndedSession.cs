namespace StreamCommerce.Models.Sessions;

/// <summary>A session that is over, as the index keeps it.</summary>
/// <param name="Number">Its place among all sessions that ever ended, from 0.</param>
/// <param name="Owner">Whose it is, for forgetting; 0 where it is nobody's.</param>
/// <param name="Items">What it saw, oldest first; repeats are kept.</param>
public sealed record EndedSession(long Number, ulong Owner, ReadOnlyMemory<int> Items);
