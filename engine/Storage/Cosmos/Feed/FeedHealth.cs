namespace StreamCommerce.Engine.Storage.Cosmos.Feed;

/// <summary>
/// Whether one container's changes are told. The processor repeats what fails by itself and says
/// only that it failed, not that it works again: so what counts is that at several looks, one
/// after another, something was wrong. Any thread.
/// </summary>
internal sealed class FeedHealth(string container, TimeProvider time)
{
    /// <summary>A fault that is gone sooner was a retry's, and nobody's matter.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Exception? _error;
    private long? _since;
    private volatile StoreUnavailableException? _fault;

    /// <summary>See <see cref="CosmosFeed.Fault"/>; the same object for as long as it lasts.
    /// </summary>
    public Exception? Fault => _fault;

    /// <summary>The processor has failed, and tries again.</summary>
    public void Failed(Exception error)
    {
        lock (_gate) _error = error;
    }

    /// <summary>The leases were looked at.</summary>
    /// <param name="trouble">What is wrong with them; null where nothing is.</param>
    public void Looked(string? trouble)
    {
        lock (_gate)
        {
            var reason = trouble ?? _error?.Message;
            if (reason is null)
            {
                (_since, _fault) = (null, null);
                return;
            }
            var since = _since ??= time.GetTimestamp();
            if (_fault is null && time.GetElapsedTime(since) >= Patience)
            {
                _fault = new($"Changes of {container} have not been told for " +
                    $"{Patience.TotalSeconds:0} s: {reason}", _error);
            }
            _error = null;
        }
    }
}
