using System.Diagnostics;
using System.Globalization;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Inventory;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>Many callers that reserve one unit of one share after another. Any thread.</summary>
internal sealed class ReserveLoad(IStockStore stock, ShareKey share, TimeSpan lifetime)
{
    private readonly string _run = Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture);
    private readonly Lock _gate = new();
    private volatile bool _isMeasured;
    private volatile bool _isOver;
    private long _next;
    private long _held;
    private long _refused;

    /// <summary>Whether an answer that comes now counts.</summary>
    public bool IsMeasured
    {
        get => _isMeasured;
        set => _isMeasured = value;
    }

    /// <summary>Whether callers stop.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }

    /// <summary>Whether a refusal ends a caller; else it ends the run with a fault.</summary>
    public bool IsUntilSoldOut { get; init; }

    /// <summary>Reservations that hold, warm-up included.</summary>
    public long Held => Interlocked.Read(ref _held);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Of the counted, once all callers have ended.</summary>
    public LatencyHistogram Latencies { get; } = new();

    public Task RunAsync(int callers) => Task.WhenAll(
        Enumerable.Range(0, callers).Select(_ => Task.Run(ReserveAllAsync)));

    private async Task ReserveAllAsync()
    {
        var latencies = new LatencyHistogram();
        while (!IsOver)
        {
            var id = new ReservationId(string.Create(
                CultureInfo.InvariantCulture, $"{_run}-{Interlocked.Increment(ref _next):D10}"));
            var asked = Stopwatch.GetTimestamp();
            var answer = await stock.ReserveAsync(
                new StockRequest(id, [new StockLine(share.Sku, 1)], share.Region, lifetime),
                CancellationToken.None);
            if (!answer.Is(out _, out var refusal))
            {
                if (!IsUntilSoldOut || refusal.Code != RefusalCode.OutOfStock)
                    throw new InvalidOperationException(refusal.Detail);
                Interlocked.Increment(ref _refused);
                break;
            }
            Interlocked.Increment(ref _held);
            if (IsMeasured) latencies.Add(Stopwatch.GetElapsedTime(asked));
        }
        lock (_gate) Latencies.Add(latencies);
    }
}
