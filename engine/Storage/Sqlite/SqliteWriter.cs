using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using StreamCommerce.Engine.Outbox;
using StreamCommerce.Engine.Pipeline;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>
/// The one thread that writes. It takes all commands that wait (up to a limit) into one
/// transaction and answers them after its commit, so that callers share one fsync; while that
/// runs, the next group gathers. Where many were answered a moment ago, many come back soon: it
/// waits for half of them, a millisecond at most, since a commit costs as much as the work of
/// several commands. Where few call, nobody waits.
/// </summary>
/// <remarks>
/// A command that throws must not harm the others of its group. A savepoint a command would cost
/// every command a copy of each page that it touches; so instead the group is rolled back, the
/// culprit is told, and the others run again: nobody has been answered yet. A fault of the
/// database itself fails the whole group.
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // Fewer than this are not waited for: a commit is dearer than a wait where many share it.
    private const int GatherMinimum = 8;

    // As long as a commit takes: longer would show in the latency.
    private static readonly TimeSpan GatherPause = TimeSpan.FromMilliseconds(1);

    private readonly SqliteSession _session;
    private readonly CommitObservers _observers;
    private readonly StoreChangeStream _changes;
    private readonly OutboxSignal _outbox;
    private readonly int _groupLimit;
    private readonly int _queueLimit;
    private readonly Channel<WriteCommand> _queue;

    // Few spins: with few cores, those who would queue the next command need them.
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 10);

    // So many have to wait before the writer is woken.
    private volatile int _enough = 1;

    private readonly TaskCompletionSource _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SqliteWriter(
        SqliteSession session, SqliteShopOptions options, CommitObservers observers,
        StoreChangeStream changes, OutboxSignal outbox)
    {
        _session = session;
        _observers = observers;
        _changes = changes;
        _outbox = outbox;
        _groupLimit = options.GroupLimit;
        _queueLimit = options.QueueLimit;
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
        // The writer lowers the number before it looks into the queue, this looks at the number
        // after it has written there: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (_enough <= 1 || _queue.Reader.Count >= _enough) _wake.Set();
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
        var last = 0;
        while (true)
        {
            // Reset before looking: a command that comes after the look sets it again.
            _wake.Reset();
            Gather(last);
            while (group.Count < _groupLimit && _queue.Reader.TryRead(out var command))
                group.Add(command);
            last = group.Count;
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

    private void Gather(int last)
    {
        var enough = Math.Min(last / 2, _queueLimit);
        if (enough < GatherMinimum) return;
        _enough = enough;
        Interlocked.MemoryBarrier();
        if (_queue.Reader.Count < enough && !_queue.Reader.Completion.IsCompleted)
            _wake.Wait(GatherPause);
        _enough = 1;
        Interlocked.MemoryBarrier();
        _wake.Reset();
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
        _observers.Tell(changes);
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
