using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Webhooks as they came, and how far each is.</summary>
internal sealed class WebhookTable(SqliteSession session) : IWebhookRows
{
    private readonly Lazy<Statement> _knows = session.Prepare(
        "SELECT 1 FROM webhook WHERE gateway = ? AND event = ?");
    private readonly Lazy<Statement> _add = session.Prepare(
        "INSERT INTO webhook (gateway, event, received_at, body, state, tries, due_at) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?)");
    private readonly Lazy<Statement> _due = session.Prepare(
        "SELECT number, gateway, event, received_at, body, state, tries, due_at FROM webhook " +
        "WHERE state = 1 AND due_at <= ? ORDER BY due_at, number LIMIT ?");
    private readonly Lazy<Statement> _update = session.Prepare(
        "UPDATE webhook SET state = ?, tries = ?, due_at = ? WHERE number = ?");
    private readonly Lazy<Statement> _replay = session.Prepare(
        "UPDATE webhook SET state = 1, tries = 0, due_at = ? " +
        "WHERE number >= ? AND (state <> 2 OR ?)");
    private readonly Lazy<Statement> _forget = session.Prepare(
        "DELETE FROM webhook WHERE number IN (SELECT number FROM webhook " +
        "WHERE state = 2 AND received_at < ? ORDER BY number LIMIT ?)");

    public bool Knows(string gateway, string eventId)
    {
        using var rows = _knows.Value.With(gateway).With(eventId).Query();
        return rows.Next();
    }

    public void Add(StoredWebhook webhook) => _add.Value
        .With(webhook.Gateway).With(webhook.EventId).With(webhook.ReceivedAt)
        .With(webhook.Body.AsSpan()).With((long)webhook.State).With(webhook.Tries)
        .With(webhook.DueAt).Run();

    public IReadOnlyList<StoredWebhook> ListDue(DateTimeOffset now, int limit)
    {
        var due = new List<StoredWebhook>();
        using var rows = _due.Value.With(now).With(limit).Query();
        while (rows.Next())
        {
            due.Add(new(rows.Long(0), rows.TextOrNull(1)!, rows.TextOrNull(2)!, rows.Time(3),
                rows.Blob(4).ToArray())
            {
                State = (WebhookState)rows.Int(5),
                Tries = rows.Int(6),
                DueAt = rows.Time(7),
            });
        }
        return due;
    }

    public void Update(StoredWebhook webhook) => _update.Value
        .With((long)webhook.State).With(webhook.Tries).With(webhook.DueAt).With(webhook.Number)
        .Run();

    public int Replay(long from, bool handledToo, DateTimeOffset now)
    {
        _replay.Value.With(now).With(from).With(handledToo ? 1 : 0).Run();
        return session.ChangedRows;
    }

    public int Forget(DateTimeOffset before, int limit)
    {
        _forget.Value.With(before).With(limit).Run();
        return session.ChangedRows;
    }
}
