using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Engine.Storage.Memory;

/// <summary>Webhooks in a dictionary. Guarded by the lock of its shop.</summary>
internal sealed class WebhookRows : IWebhookRows
{
    private readonly SortedDictionary<long, StoredWebhook> _byNumber = [];
    private readonly HashSet<(string, string)> _events = [];
    private long _lastNumber;

    public bool Knows(string gateway, string eventId) => _events.Contains((gateway, eventId));

    public void Add(StoredWebhook webhook)
    {
        _events.Add((webhook.Gateway, webhook.EventId));
        _byNumber.Add(++_lastNumber, webhook with { Number = _lastNumber });
    }

    public IReadOnlyList<StoredWebhook> ListDue(DateTimeOffset now, int limit) =>
        [.. _byNumber.Values.Where(row => row.State == WebhookState.Waiting && row.DueAt <= now)
            .OrderBy(row => (row.DueAt, row.Number)).Take(limit)];

    public void Update(StoredWebhook webhook)
    {
        if (!_byNumber.TryGetValue(webhook.Number, out var row)) return;
        _byNumber[webhook.Number] = row with
        {
            State = webhook.State,
            Tries = webhook.Tries,
            DueAt = webhook.DueAt,
        };
    }

    public int Replay(long from, bool handledToo, DateTimeOffset now)
    {
        var again = _byNumber.Values.Where(row => row.Number >= from
            && (handledToo || row.State != WebhookState.Handled)).ToList();
        foreach (var row in again)
            Update(row with { State = WebhookState.Waiting, Tries = 0, DueAt = now });
        return again.Count;
    }

    public int Forget(DateTimeOffset before, int limit)
    {
        var old = _byNumber.Values.Where(row => row.State == WebhookState.Handled
            && row.ReceivedAt < before).Take(limit).ToList();
        foreach (var row in old)
        {
            _byNumber.Remove(row.Number);
            _events.Remove((row.Gateway, row.EventId));
        }
        return old.Count;
    }
}
