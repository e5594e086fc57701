using System.Text.Json;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Idempotency keys of checkouts and their first answers.</summary>
internal sealed class LedgerTable(SqliteSession session) : ILedgerRows
{
    private readonly Lazy<Statement> _find = session.Prepare(
        "SELECT request_hash, started_at, shop_order, refusal FROM checkout_key " +
        "WHERE caller = ? AND idempotency_key = ?");
    private readonly Lazy<Statement> _add = session.Prepare(
        "INSERT INTO checkout_key (caller, idempotency_key, request_hash, started_at, " +
        "shop_order, refusal) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
    private readonly Lazy<Statement> _refuse = session.Prepare(
        "UPDATE checkout_key SET shop_order = NULL, refusal = ? " +
        "WHERE caller = ? AND idempotency_key = ?");
    private readonly Lazy<Statement> _forget = session.Prepare(
        "DELETE FROM checkout_key WHERE (caller, idempotency_key) IN (SELECT caller, " +
        "idempotency_key FROM checkout_key WHERE started_at < ? LIMIT ?)");

    public LedgerEntry? Find(CheckoutKey key)
    {
        using var rows = _find.Value.With(key.Caller).With(key.Key).Query();
        if (!rows.Next()) return null;
        var refusal = rows.IsNull(3)
            ? null
            : JsonSerializer.Deserialize(rows.Blob(3), StoredJson.Default.Refusal);
        OrderId? order = rows.TextOrNull(2) is { } id ? new OrderId(id) : null;
        return new(key, unchecked((ulong)rows.Long(0)), rows.Time(1), order, refusal);
    }

    public bool TryAdd(LedgerEntry entry)
    {
        _add.Value
            .With(entry.Key.Caller).With(entry.Key.Key)
            .With(unchecked((long)entry.RequestHash)).With(entry.StartedAt)
            .With(entry.Order?.Value)
            .With(entry.Refusal is null ? null : ToText(entry.Refusal))
            .Run();
        return session.ChangedRows > 0;
    }

    public void Refuse(CheckoutKey key, Refusal refusal) =>
        _refuse.Value.With(ToText(refusal)).With(key.Caller).With(key.Key).Run();

    public int Forget(DateTimeOffset before, int limit)
    {
        _forget.Value.With(before).With(limit).Run();
        return session.ChangedRows;
    }

    private static string ToText(Refusal refusal) =>
        JsonSerializer.Serialize(refusal, StoredJson.Default.Refusal);
}
