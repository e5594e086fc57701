using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>
/// A shop in one SQLite file: write-ahead log, every commit synced, one writer thread and a few
/// connections that read beside it, each read on one moment's state.
/// </summary>
public static class SqliteShop
{
    static SqliteShop()
    {
        // A connection is used by one thread at a time here, so that SQLite's lock around each call
        // guards nothing; nor does anybody read its statistics, which take a lock an allocation.
        // Where something in this process has used SQLite before, both stay on.
        Batteries_V2.Init();
        raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    /// <summary>
    /// Opens the shop, making or migrating its database. Throws
    /// <see cref="StoreUnavailableException"/> where the file cannot be opened or is newer than
    /// this program, <see cref="ArgumentException"/> where an option is out of range.
    /// </summary>
    public static ShopStores Open(SqliteShopOptions options, TimeProvider time)
    {
        options.Validate();
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(options.Path));
            Directory.CreateDirectory(folder!);
            return ShopStores.Over(new Runner(options, time));
        }
        catch (SqliteException fault)
        {
            throw new StoreUnavailableException(
                $"{options.Path} cannot be opened: {fault.Message}", fault);
        }
    }

    private sealed class Runner : IShopRunner
    {
        private readonly SqliteShopOptions _options;
        private readonly SqliteSession _writerSession;
        private readonly SqliteWriter _writer;
        private readonly Channel<SqliteSession> _readers;
        private int _shut;

        public Runner(SqliteShopOptions options, TimeProvider time)
        {
            _options = options;
            _writerSession = SqliteSession.OpenWriter(options, time);
            _readers = Channel.CreateBounded<SqliteSession>(options.ReaderCount);
            for (var i = 0; i < options.ReaderCount; i++)
                _readers.Writer.TryWrite(SqliteSession.OpenReader(options, time));
            Changes = new StoreChangeStream();
            _writer = new SqliteWriter(
                _writerSession, options, Observers, Changes, OutboxSignal);
        }

        public StoreChangeStream Changes { get; }

        public CommitObservers Observers { get; } = new();

        public OutboxSignal OutboxSignal { get; } = new();

        public ValueTask<T> WriteAsync<T>(
            Func<IShopTransaction, T> work, CancellationToken ct) => _writer.WriteAsync(work, ct);

        public async ValueTask<T> ReadAsync<T>(
            Func<IShopTransaction, T> work, CancellationToken ct)
        {
            if (!_readers.Reader.TryRead(out var session)) session = await RentAsync(ct);
            try
            {
                session.Begin();
                session.Tick();
                var result = work(session);
                session.Commit();
                return result;
            }
            catch (SqliteException fault)
            {
                throw new StoreUnavailableException(
                    $"The database could not be read: {fault.Message}", fault);
            }
            finally
            {
                try
                {
                    session.Rollback();
                }
                finally
                {
                    _readers.Writer.TryWrite(session);
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _shut, 1) != 0) return;
            await _writer.DisposeAsync();
            // Readers first: the last connection to close folds the log into the database.
            for (var i = 0; i < _options.ReaderCount; i++)
                (await RentAsync(CancellationToken.None)).Dispose();
            _readers.Writer.Complete();
            _writerSession.Dispose();
            await Changes.DisposeAsync();
        }

        private async ValueTask<SqliteSession> RentAsync(CancellationToken ct)
        {
            try
            {
                return await _readers.Reader.ReadAsync(ct);
            }
            catch (ChannelClosedException closed)
            {
                throw new StoreUnavailableException("The store is shut.", closed);
            }
        }
    }
}
