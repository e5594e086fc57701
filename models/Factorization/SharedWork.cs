namespace StreamCommerce.Models.Factorization;

/// <summary>Parts of a computation that any thread may take, each by one.</summary>
internal static class SharedWork
{
    /// <summary>Does all parts.</summary>
    /// <param name="partCount">Parts, taken in their order.</param>
    /// <param name="threadCount">Threads at most.</param>
    /// <param name="work">Does a part; told the worker, from 0, for its scratch memory.</param>
    /// <param name="ct">Looked at before each part.</param>
    public static void Run(
        int partCount, int threadCount, Action<int, int> work, CancellationToken ct)
    {
        var next = -1;
        var workers = Math.Min(threadCount, partCount);
        if (workers <= 1)
        {
            Work(0);
            return;
        }
        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work);
        ct.ThrowIfCancellationRequested();

        void Work(int worker)
        {
            for (int part; (part = Interlocked.Increment(ref next)) < partCount;)
            {
                if (workers <= 1) ct.ThrowIfCancellationRequested();
                else if (ct.IsCancellationRequested) return;
                work(worker, part);
            }
        }
    }
}
