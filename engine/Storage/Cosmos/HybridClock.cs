using System.Globalization;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// Numbers that grow with time, without anybody to ask: 63 bits of milliseconds, then a counter,
/// then the node. Those of one node are in its order; those of several in the order of their
/// clocks. They say what came first, never which is which: two nodes may give the same one. Any
/// thread.
/// </summary>
internal sealed class HybridClock(TimeProvider time, int node)
{
    /// <summary>The highest number of a node.</summary>
    public const int NodeMaximum = (1 << NodeBits) - 1;

    private const int NodeBits = 8;
    private const int CounterBits = 12;

    // 43 bits of milliseconds last until 2303.
    private static readonly DateTimeOffset Epoch = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Without the node's bits.
    private long _last;

    /// <summary>The next number, above all that this object gave.</summary>
    public long Next()
    {
        var now = CountOf(time.GetUtcNow());
        while (true)
        {
            var last = Volatile.Read(ref _last);
            // More than the counter holds runs ahead of time a little, and stays in order.
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return (next << NodeBits) | (uint)node;
        }
    }

    /// <summary>The least number of a moment.</summary>
    public static long At(DateTimeOffset moment) => CountOf(moment) << NodeBits;

    /// <summary>An id that nobody else has: what one write is told from another by.</summary>
    public string NewId() => Guid.CreateVersion7(time.GetUtcNow()).ToString("N");

    /// <summary>
    /// A number as documents keep it: JSON numbers are exact to 2^53 only, and text of one length
    /// sorts as its number does.
    /// </summary>
    public static string Format(long number) =>
        number.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>The number of <see cref="Format"/>.</summary>
    public static long Parse(string text) =>
        long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static long CountOf(DateTimeOffset moment) =>
        (long)(moment - Epoch).TotalMilliseconds << CounterBits;
}
