using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Counts;

namespace StreamCommerce.Engine.Trending;

/// <summary>
/// How much each product is wanted now: views, carts and purchases, weighted, with a half-life
/// in event time. Late events count too: their weight has decayed by then.
/// </summary>
public sealed class TrendingProjection : IProjection
{
    /// <summary>After it an event counts half.</summary>
    public static readonly TimeSpan HalfLife = TimeSpan.FromHours(1);

    private readonly DirtyNumbers _changed = new();
    private DecayedCount[] _counts = [];

    public string Name => "trending";

    public int Version => 1;

    /// <summary>All counts, by the product's number; none where nothing was counted. Any thread:
    /// each count is one number, read as it is now.</summary>
    public ReadOnlySpan<DecayedCount> All => Volatile.Read(ref _counts);

    /// <summary>A product's count; none for a number never counted.</summary>
    public DecayedCount this[int product] =>
        (uint)product < (uint)_counts.Length ? _counts[product] : DecayedCount.None;

    /// <summary>A time on the counts' scale.</summary>
    public static double ToHalfLives(DateTimeOffset time) =>
        (double)(time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / HalfLife.Ticks;

    public void Apply(in StreamEvent e)
    {
        // What an intent is worth: the rarer and the closer to a sale, the more.
        double weight = e.Event.Name switch
        {
            EventName.ViewItem => 1,
            EventName.SelectItem => 0.5,
            EventName.AddToCart => 4,
            EventName.Purchase => 8,
            _ => 0,
        };
        if (weight == 0) return;
        var time = ToHalfLives(e.Event.Time);
        foreach (var product in e.Products.Span)
        {
            if (product < 0) continue;
            EnsurePlace(product);
            _counts[product] = _counts[product].Plus(time, weight);
            _changed.Add(product);
        }
    }

    public void Forget(int visitor)
    {
        // Counts are about products; nothing of a visitor is in them.
    }

    public int KeptOf(int visitor) => 0;

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            for (var product = 0; product < _counts.Length; product++)
                if (!double.IsNegativeInfinity(_counts[product].Log2)) _changed.Add(product);
        }
        output.WriteCount(_changed.Numbers.Length);
        foreach (var product in _changed.Numbers)
        {
            output.WriteProduct(product);
            output.WriteDouble(_counts[product].Log2);
        }
        _changed.Clear();
    }

    public void Load(StateReader input)
    {
        for (var left = input.ReadCount(); left > 0; left--)
        {
            var product = input.ReadProduct();
            var count = new DecayedCount(input.ReadDouble());
            // A limit of products that was lowered leaves some without a place.
            if (product < 0) continue;
            EnsurePlace(product);
            _counts[product] = count;
        }
    }

    private void EnsurePlace(int product)
    {
        if (product < _counts.Length) return;
        var counts = _counts;
        Places.Ensure(ref counts, product);
        counts.AsSpan(_counts.Length).Fill(DecayedCount.None);
        // Only now for readers, who would take the empty places for counts.
        Volatile.Write(ref _counts, counts);
    }
}
