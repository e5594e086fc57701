namespace StreamCommerce.Engine;

/// <summary>
/// A store could not do its work: the disk is full or broken, or the store is shut. A write that
/// ends with it may or may not have happened; repeat it with the same id.
/// </summary>
public class StoreUnavailableException(string message, Exception? inner = null)
    : IOException(message, inner)
{
    /// <summary>When to come back, where the store said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
