using System.Collections.Concurrent;
using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// Shares as this instance knows them: from what the account has answered it, and from the change
/// feed. Good for choosing what to try and for telling; what is decided, a conditional write
/// decides. The higher version wins, so whoever comes late changes nothing. Any thread.
/// </summary>
/// <remarks>
/// What the account has answered is good for <see cref="CosmosOptions.LayoutLifetime"/>. The feed
/// makes it newer, but not good for longer: nobody knows how far behind the feed is.
/// </remarks>
internal sealed class KnownShares(CosmosOptions options, TimeProvider time)
{
    // Some 50 MB; full, it starts anew.
    private const int KeptLimit = 200_000;

    private readonly ConcurrentDictionary<ShareKey, Known> _shares = [];

    private readonly record struct Known(Share Share, DateTimeOffset AnsweredAt);

    /// <summary>The share; null where it is to be read.</summary>
    public Share? Find(ShareKey key) =>
        _shares.TryGetValue(key, out var known)
            && time.GetUtcNow() - known.AnsweredAt < options.LayoutLifetime ? known.Share : null;

    /// <summary>The account has answered with a share.</summary>
    /// <returns>The newest that is known of it.</returns>
    public Share Answered(Share share)
    {
        if (!_shares.ContainsKey(share.Key) && _shares.Count >= KeptLimit) _shares.Clear();
        var answered = new Known(share, time.GetUtcNow());
        return _shares.AddOrUpdate(
            share.Key, static (_, one) => one,
            static (_, known, one) => one.Share.Version >= known.Share.Version ? one : known,
            answered).Share;
    }

    /// <summary>The change feed has told of a share.</summary>
    /// <returns>The newest that is known of it.</returns>
    public Share Followed(Share share)
    {
        while (_shares.TryGetValue(share.Key, out var known))
        {
            if (known.Share.Version >= share.Version) return known.Share;
            if (_shares.TryUpdate(share.Key, known with { Share = share }, known)) break;
        }
        return share;
    }
}
