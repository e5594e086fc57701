using System.Diagnostics;

namespace StreamCommerce.Benchmarks;

/// <summary>Watches this process's resident memory, twenty times a second.</summary>
internal sealed class MemoryPeak : IDisposable
{
    private readonly Process _process = Process.GetCurrentProcess();
    private readonly Timer _timer;
    private long _peak;

    public MemoryPeak() => _timer = new Timer(
        _ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));

    /// <summary>The most so far, in bytes.</summary>
    public long Read()
    {
        Look();
        return Interlocked.Read(ref _peak);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _process.Dispose();
    }

    private void Look()
    {
        lock (_process)
        {
            _process.Refresh();
            if (_process.WorkingSet64 > _peak) _peak = _process.WorkingSet64;
        }
    }
}
