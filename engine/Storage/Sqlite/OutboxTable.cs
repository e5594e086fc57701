using System.Buffers;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Events that wait to be told, in the log's own binary form.</summary>
internal sealed class OutboxTable(SqliteSession session) : IOutboxRows
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly TextPool _texts = new();
    private readonly Lazy<Statement> _add = session.Prepare(
        "INSERT INTO outbox (event) VALUES (?)");
    private readonly Lazy<Statement> _read = session.Prepare(
        "SELECT id, event FROM outbox ORDER BY id LIMIT ?");
    private readonly Lazy<Statement> _remove = session.Prepare(
        "DELETE FROM outbox WHERE id <= ?");

    /// <summary>Whether the transaction has added to it.</summary>
    public bool WasWritten { get; set; }

    public void Add(CommerceEvent e)
    {
        _buffer.ResetWrittenCount();
        EventCodec.Write(_buffer, e);
        _add.Value.With(_buffer.WrittenSpan).Run();
        WasWritten = true;
    }

    public IReadOnlyList<OutboxEntry> Read(int limit)
    {
        var entries = new List<OutboxEntry>();
        using var rows = _read.Value.With(limit).Query();
        while (rows.Next()) entries.Add(new(rows.Long(0), EventCodec.Read(rows.Blob(1), _texts)));
        return entries;
    }

    public void RemoveThrough(long id) => _remove.Value.With(id).Run();
}
