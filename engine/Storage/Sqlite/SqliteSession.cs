using Microsoft.Data.Sqlite;
using SQLitePCL;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>
/// A connection with its prepared statements, by table. One thread at a time. Statements are
/// prepared when they are first used.
/// </summary>
internal sealed class SqliteSession : IShopTransaction, IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly List<Statement?> _statements = [];
    private readonly TextPool _texts = new();
    private readonly List<StoreChange> _changes = [];
    private readonly OutboxTable _outbox;
    private readonly StockTable _stock;
    private readonly ReservationTable _reservations;
    private readonly OrderTable _orders;
    private readonly bool _readOnly;
    private readonly Lazy<Statement> _begin;
    private readonly Lazy<Statement> _commit;
    private readonly Lazy<Statement> _rollback;
    private readonly Lazy<Statement> _dataVersion;
    private long _seenVersion;

    private SqliteSession(SqliteConnection connection, TimeProvider time, bool readOnly)
    {
        _connection = connection;
        _time = time;
        _readOnly = readOnly;
        _begin = Prepare(readOnly ? "BEGIN" : "BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _dataVersion = Prepare("PRAGMA data_version");
        Products = new ProductTable(this);
        _stock = new StockTable(this);
        _reservations = new ReservationTable(this);
        Carts = new CartTable(this);
        _orders = new OrderTable(this);
        Ledger = new LedgerTable(this);
        _outbox = new OutboxTable(this);
        Webhooks = new WebhookTable(this);
        Coupons = new CouponTable(this);
    }

    public DateTimeOffset Now { get; private set; }

    public IProductRows Products { get; }

    public IStockRows Stock => _stock;

    public IReservationRows Reservations => _reservations;

    public ICartRows Carts { get; }

    public IOrderRows Orders => _orders;

    public ILedgerRows Ledger { get; }

    public IOutboxRows Outbox => _outbox;

    public IWebhookRows Webhooks { get; }

    public ICouponRows Coupons { get; }

    /// <summary>Opens the one session that writes, and migrates the schema.</summary>
    public static SqliteSession OpenWriter(SqliteShopOptions options, TimeProvider time)
    {
        var connection = Connect(options, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // FULL: a commit is answered only when it would survive a power cut.
            // Most pages of a commit are new or hot, so half as many of twice the size are half
            // the calls to write them. A database that is there keeps its size.
            Execute(connection, "PRAGMA page_size = 8192");
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, "PRAGMA synchronous = FULL");
            // 16 MB of log between checkpoints: each page is written back once, not often.
            Execute(connection, "PRAGMA wal_autocheckpoint = 2048");
            Execute(connection, "PRAGMA journal_size_limit = 67108864");
            // 16 MB of pages: SQLite looks through all of them at the end of most commits, since
            // splitting a node of a tree hides a page under the highest number for a moment.
            Execute(connection, "PRAGMA cache_size = -16384");
            Schema.Migrate(connection, options.Path);
            return new SqliteSession(connection, time, readOnly: false);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a session that reads.</summary>
    public static SqliteSession OpenReader(SqliteShopOptions options, TimeProvider time)
    {
        var connection = Connect(options, SqliteOpenMode.ReadOnly);
        Execute(connection, "PRAGMA cache_size = -16384");
        return new SqliteSession(connection, time, readOnly: true);
    }

    /// <summary>Texts that were read lately.</summary>
    public TextPool Texts => _texts;

    /// <summary>A statement of this connection, prepared when it is first used.</summary>
    public Lazy<Statement> Prepare(string sql)
    {
        return new Lazy<Statement>(
            () =>
            {
                var statement = new Statement(_connection.Handle!, sql, _texts);
                _statements.Add(statement);
                return statement;
            },
            LazyThreadSafetyMode.None);
    }

    /// <summary>The number that the last inserted row was given.</summary>
    public long LastRowId => raw.sqlite3_last_insert_rowid(_connection.Handle);

    /// <summary>Rows that the last statement changed.</summary>
    public int ChangedRows => raw.sqlite3_changes(_connection.Handle);

    public void Tell(StoreChange change) => _changes.Add(change);

    public void Begin()
    {
        _changes.Clear();
        _outbox.WasWritten = false;
        _begin.Value.Run();
        // Only the writer may keep what it has read, while nobody writes beside it.
        var isCurrent = !_readOnly && !HasForeignWrites();
        _stock.Begin(isCurrent);
        _reservations.Begin(isCurrent);
        _orders.Begin(isCurrent);
    }

    /// <summary>Sets the clock for the next unit of work.</summary>
    public void Tick() => Now = _time.GetUtcNow();

    public void Commit()
    {
        _stock.Flush();
        _commit.Value.Run();
    }

    /// <summary>Undoes all since <see cref="Begin"/>; SQLite may have done so by itself.</summary>
    public void Rollback()
    {
        if (!_readOnly) Forget();
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0) _rollback.Value.Run();
    }

    /// <summary>What the transaction has told, and whether any of it is for the outbox.</summary>
    public (StoreChange[] Changes, bool ToOutbox) TakeChanges()
    {
        var taken = _changes.ToArray();
        _changes.Clear();
        return (taken, _outbox.WasWritten);
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement?.Dispose();
        _orders.Dispose();
        _connection.Dispose();
    }

    private void Forget()
    {
        _stock.Forget();
        _reservations.Forget();
        _orders.Forget();
    }

    // Asked inside the transaction: from here on nobody else can write.
    private bool HasForeignWrites()
    {
        using var rows = _dataVersion.Value.Query();
        rows.Next();
        var version = rows.Long(0);
        var isOther = version != _seenVersion;
        _seenVersion = version;
        return isOther;
    }

    private static SqliteConnection Connect(SqliteShopOptions options, SqliteOpenMode mode)
    {
        // No pool: these connections live as long as the shop. Foreign keys are written down in
        // the schema and not enforced: only decided units write, parents first, and a look-up a
        // line of each order would buy nothing.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Mode = mode,
            Pooling = false,
            ForeignKeys = false,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"PRAGMA busy_timeout = {options.BusyTimeout.TotalMilliseconds:0}");
            Execute(connection, "PRAGMA temp_store = MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Text of this class and numbers only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
