using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>
/// A prepared statement, kept for the life of its connection. It calls SQLite directly: an
/// ADO.NET command looks every parameter up by name and boxes it, which costs more than the
/// statement itself. One thread at a time.
/// </summary>
/// <remarks>
/// Parameters are given in order with <c>With</c>, then <see cref="Run"/> or
/// <see cref="Query"/>; both leave the statement ready for its next use.
/// </remarks>
internal sealed class Statement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly TextPool _texts;
    private int _bound;

    public Statement(sqlite3 connection, string sql, TextPool texts)
    {
        _connection = connection;
        _texts = texts;
        Check(raw.sqlite3_prepare_v3(
            connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement With(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_bound, value));
        return this;
    }

    public Statement With(DateTimeOffset time) => With(time.UtcTicks);

    public Statement With(DateTimeOffset? time) => With(time?.UtcTicks);

    public Statement With(long? value)
    {
        if (value is { } known) return With(known);
        Check(raw.sqlite3_bind_null(_statement, ++_bound));
        return this;
    }

    public Statement With(ReadOnlySpan<byte> bytes)
    {
        Check(raw.sqlite3_bind_blob(_statement, ++_bound, bytes));
        return this;
    }

    public Statement With(string? text)
    {
        _bound++;
        if (text is null)
        {
            Check(raw.sqlite3_bind_null(_statement, _bound));
        }
        else if (text.Length == 0)
        {
            // An empty span has no address, which SQLite takes for null.
            Check(raw.sqlite3_bind_text(_statement, _bound, ""));
        }
        else if (text.Length > StackBytes / 3)
        {
            // As bytes: a text that SQLite measures itself ends at its first zero.
            var bytes = Encoding.UTF8.GetBytes(text);
            Check(raw.sqlite3_bind_text(_statement, _bound, bytes.AsSpan()));
        }
        else
        {
            Span<byte> utf8 = stackalloc byte[StackBytes];
            Check(raw.sqlite3_bind_text(
                _statement, _bound, utf8[..Encoding.UTF8.GetBytes(text, utf8)]));
        }
        return this;
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        var result = raw.sqlite3_step(_statement);
        Reset();
        if (result is not (raw.SQLITE_DONE or raw.SQLITE_ROW)) Check(result);
    }

    /// <summary>Runs a statement for its rows; dispose what it gives.</summary>
    public Rows Query() => new(this);

    public void Dispose() => _statement.Dispose();

    private void Reset()
    {
        // Its result repeats the failure of the last step, which has been reported.
        _ = raw.sqlite3_reset(_statement);
        _bound = 0;
    }

    private void Check(int result)
    {
        if (result == raw.SQLITE_OK) return;
        _bound = 0;
        throw new SqliteException(
            $"SQLite error {result}: {raw.sqlite3_errmsg(_connection).utf8_to_string()}", result);
    }

    /// <summary>The rows of a running statement; columns are numbered from 0.</summary>
    internal readonly ref struct Rows(Statement statement)
    {
        private readonly Statement _owner = statement;

        public bool Next()
        {
            var result = raw.sqlite3_step(_owner._statement);
            if (result == raw.SQLITE_ROW) return true;
            if (result != raw.SQLITE_DONE) _owner.Check(result);
            return false;
        }

        public long Long(int column) => raw.sqlite3_column_int64(_owner._statement, column);

        public int Int(int column) => raw.sqlite3_column_int(_owner._statement, column);

        public DateTimeOffset Time(int column) => new(Long(column), TimeSpan.Zero);

        public bool IsNull(int column) =>
            raw.sqlite3_column_type(_owner._statement, column) == raw.SQLITE_NULL;

        public string Text(int column) => _owner._texts.Get(Blob(column));

        public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

        /// <summary>Whether a column holds a text; without making one.</summary>
        public bool Is(int column, string text)
        {
            var utf8 = Blob(column);
            return Ascii.IsValid(utf8) ? Ascii.Equals(utf8, text) : Text(column) == text;
        }

        /// <summary>The bytes of a blob or a text, valid until the next row.</summary>
        public ReadOnlySpan<byte> Blob(int column) =>
            raw.sqlite3_column_blob(_owner._statement, column);

        public void Dispose() => _owner.Reset();
    }
}
