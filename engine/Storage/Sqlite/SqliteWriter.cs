using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>
/// The one thread that writes. It takes all commands that wait (up to a limit) into one
/// transaction and answers them after its commit, so that callers share one fsync; while that
/// runs, the next group gathers.
/// </summary>
/// <remarks>
/// A command that throws must not harm the others of its group. A savepoint a command would cost
/// every command a copy of each page that it touches; so instead the group is rolled back, the
/// culprit is told, and the others run again: nobody has been answered yet. A fault of the
/// database itself fails the whole group.
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private readonly SqliteSession _session;
    private readonly StoreChangeStream _changes;
    private readonly OutboxSignal _outbox;
    private readonly int _groupLimit;
    private readonly Channel<WriteCommand> _queue;

    // Few spins: with few cores, those who would queue the next command need them.
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 10);
    private readonly TaskCompletionSource _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SqliteWriter(
        SqliteSession session, SqliteShopOptions options, StoreChangeStream changes,
        OutboxSignal outbox)
    {
        _session = session;
        _changes = changes;
        _outbox = outbox;
        _groupLimit = options.GroupLimit;
        _queue = Channel.CreateBounded<WriteCommand>(new BoundedChannelOptions(options.QueueLimit)
        {
            // Wait, not drop: a lost checkout is a lost sale, and the caller can see that it waits.
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = true,
        });
        new Thread(Run) { Name = "sqlite-writer", IsBackground = true }.Start();
    }

    public async ValueTask<T> WriteAsync<T>(Func<IShopTransaction, T> work, CancellationToken ct)
    {
        var command = new WriteCommand<T>(work);
        if (!_queue.Writer.TryWrite(command))
        {
            try
            {
                await _queue.Writer.WriteAsync(command, ct);
            }
            catch (ChannelClosedException closed)
            {
                throw new StoreUnavailableException("The store is shut.", closed);
            }
        }
        _wake.Set();
        return await command.Answer.WaitAsync(ct);
    }

    /// <summary>Takes no more, and completes when what was taken is written.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _wake.Set();
        await _ended.Task;
        _wake.Dispose();
    }

    private void Run()
    {
        var group = new List<WriteCommand>(_groupLimit);
        while (true)
        {
            // Reset before looking: a command that comes after the look sets it again.
            _wake.Reset();
            while (group.Count < _groupLimit && _queue.Reader.TryRead(out var command))
                group.Add(command);
            if (group.Count > 0)
            {
                Write(group);
                group.Clear();
                continue;
            }
            if (_queue.Reader.Completion.IsCompleted) break;
            _wake.Wait();
        }
        _ended.SetResult();
    }

    private void Write(List<WriteCommand> group)
    {
        while (group.Count > 0)
        {
            WriteCommand? running = null;
            try
            {
                _session.Begin();
                foreach (var command in group)
                {
                    running = command;
                    _session.Tick();
                    command.Execute(_session);
                }
                running = null;
                _session.Commit();
                Answer(group);
                return;
            }
            catch (Exception fault)
            {
                if (running is not null && !IsOfDatabase(fault) && TryRollback())
                {
                    running.Fail(fault);
                    group.Remove(running);
                    continue;
                }
                TryRollback();
                var unavailable = new StoreUnavailableException(
                    $"The database could not write: {fault.Message}", fault);
                foreach (var command in group) command.Fail(unavailable);
                return;
            }
        }
    }

    private void Answer(List<WriteCommand> group)
    {
        var (changes, toOutbox) = _session.TakeChanges();
        foreach (var command in group) command.Complete();
        _changes.Publish(changes);
        if (toOutbox) _outbox.Set();
    }

    private bool TryRollback()
    {
        try
        {
            _session.Rollback();
            return true;
        }
        catch (SqliteException)
        {
            // The next BEGIN fails then, and its group is told.
            return false;
        }
    }

    // A broken constraint is the fault of the command that broke it; everything else that SQLite
    // reports (full, I/O, busy, corrupt) is nobody's in the group.
    private static bool IsOfDatabase(Exception fault) =>
        fault is SqliteException { SqliteErrorCode: not SQLitePCL.raw.SQLITE_CONSTRAINT };
}
