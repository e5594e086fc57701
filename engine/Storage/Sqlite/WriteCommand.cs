namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>A unit of work in the writer's queue, and its caller, who waits.</summary>
internal abstract class WriteCommand
{
    /// <summary>Runs the work; may be called again after a rollback.</summary>
    public abstract void Execute(IShopTransaction transaction);

    /// <summary>Answers the caller, after the commit.</summary>
    public abstract void Complete();

    public abstract void Fail(Exception fault);
}

/// <inheritdoc/>
internal sealed class WriteCommand<T>(Func<IShopTransaction, T> work) : WriteCommand
{
    // Continuations run elsewhere: the writer's thread is for writing.
    private readonly TaskCompletionSource<T> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Answer => _answer.Task;

    public override void Execute(IShopTransaction transaction) => _result = work(transaction);

    public override void Complete() => _answer.SetResult(_result!);

    public override void Fail(Exception fault) => _answer.TrySetException(fault);
}
