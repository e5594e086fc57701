namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// How long whoever begins something of several writes works on it. Each request may be repeated
/// for longer than others wait before they finish what looks left alone; so the whole has a limit
/// below that. Two may still be at work on one thing, since clocks differ and what was sent last
/// arrives late: every write is made so that this does no harm. The limit makes it rare.
/// </summary>
internal static class SagaTime
{
    /// <summary>After this no further request is begun.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How old something half done is before it counts as left: the limit, and by how much clocks
    /// of instances and the way of a last request may differ.
    /// </summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>Does something within the limit.</summary>
    /// <param name="time">The shop's clock.</param>
    /// <param name="work">It gives up when its token is cancelled, between any two requests; what
    /// it leaves is finished by housekeeping, or by a repetition.</param>
    /// <param name="ct">The caller's.</param>
    /// <exception cref="StoreUnavailableException">The time is over.</exception>
    public static async ValueTask<T> RunAsync<T>(
        TimeProvider time, Func<CancellationToken, ValueTask<T>> work, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException fault)
            when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new StoreUnavailableException(
                $"The account was too slow: it was not done in {Limit.TotalSeconds} s.", fault)
            {
                RetryAfter = Lease - Limit,
            };
        }
    }
}
