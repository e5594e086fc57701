namespace StreamCommerce.Tests.Cosmos.Faults;

/// <summary>
/// The connection of a process that dies at one of its requests about documents: that one has its
/// effect or not, and none has an answer from then on.
/// </summary>
/// <param name="account">Where requests go while it lives.</param>
/// <param name="last">The request that it dies of, from 1.</param>
/// <param name="hasEffect">Whether that one still arrives.</param>
internal sealed class DyingHandler(HttpMessageHandler account, int last, bool hasEffect)
    : DelegatingHandler(account)
{
    private readonly TaskCompletionSource _death = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    private int _count;

    /// <summary>Ends when it dies.</summary>
    public Task Death => _death.Task;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isOfDocuments = request.RequestUri!.AbsolutePath.Contains(
            "/docs", StringComparison.Ordinal);
        var number = isOfDocuments
            ? Interlocked.Increment(ref _count) : Volatile.Read(ref _count);
        if (number < last) return await base.SendAsync(request, cancellationToken);
        if (number == last && isOfDocuments && hasEffect)
            (await base.SendAsync(request, cancellationToken)).Dispose();
        _death.TrySetResult();
        return await new TaskCompletionSource<HttpResponseMessage>().Task;
    }
}
