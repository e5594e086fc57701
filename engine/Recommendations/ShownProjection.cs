using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>A product that was recommended to a visitor, who has not clicked on it since.</summary>
/// <param name="Product">Its number in the partition.</param>
/// <param name="Stamp">When it was shown last, and how often, in one number.</param>
public readonly record struct ShownProduct(int Product, uint Stamp)
{
    /// <summary>More often is not counted.</summary>
    public const int TimesLimit = (1 << TimesBits) - 1;

    private const int TimesBits = 5;
    private static readonly long Origin = new DateTime(2000, 1, 1).Ticks;

    /// <summary>How often it was shown.</summary>
    public int Times => (int)(Stamp & TimesLimit);

    /// <summary>When it was shown last, in whole minutes since 2000; 250 years fit.</summary>
    public int Minutes => (int)(Stamp >> TimesBits);

    /// <summary>A time as <see cref="Minutes"/>.</summary>
    public static int MinutesOf(long ticks) =>
        (int)Math.Clamp((ticks - Origin) / TimeSpan.TicksPerMinute, 0, uint.MaxValue >> TimesBits);

    internal static ShownProduct Of(int product, int minutes, int times) =>
        new(product, ((uint)minutes << TimesBits) | (uint)Math.Min(times, TimesLimit));
}

/// <summary>
/// Each visitor's last recommended products that were shown and not clicked on, so that answers do
/// not offer the same again and again. Other threads may read it under the graph's
/// <see cref="PartitionGraph.View"/>.
/// </summary>
public sealed class ShownProjection(PartitionGraph graph) : IProjection
{
    /// <summary>Products kept of a visitor: three answers of ten.</summary>
    public const int Limit = 32;

    private readonly DirtyNumbers _changed = new();
    // Exactly as long as they are full: a million of these wait for a next answer.
    private ShownProduct[]?[] _shown = [];

    public string Name => "recently-shown";

    public int Version => 2;

    /// <summary>What was shown to a visitor, the one shown last at the end. Valid until the next
    /// event, or as long as the view's lock is held.</summary>
    public ReadOnlySpan<ShownProduct> this[int visitor] =>
        (uint)visitor < (uint)_shown.Length ? _shown[visitor] : [];

    public void Apply(in StreamEvent e)
    {
        var isList = e.Event.Name == EventName.ViewItemList;
        if (!isList && (this[e.Visitor].IsEmpty || e.Event.Name is not (EventName.SelectItem
            or EventName.ViewItem or EventName.AddToCart or EventName.Purchase))) return;
        var reader = new LabelReader(e.Event);
        if (isList && !reader.IsAnyLabelled) return;
        var minutes = ShownProduct.MinutesOf(e.Ticks);
        using var changing = graph.View.EnterScope();
        Places.Ensure(ref _shown, e.Visitor);
        _changed.Add(e.Visitor);
        for (var i = 0; i < e.Event.Lines.Length; i++)
        {
            var product = e.Products.Span[i];
            // Lists of a whole category are no recommendations.
            if (product < 0 || (isList && !reader.IsLabelled(e.Event.Lines[i]))) continue;
            var times = Remove(ref _shown[e.Visitor], product);
            if (isList) Add(ref _shown[e.Visitor], ShownProduct.Of(product, minutes, times + 1));
        }
    }

    public void Forget(int visitor)
    {
        if (visitor < _shown.Length) _shown[visitor] = null;
    }

    public int KeptOf(int visitor) => this[visitor].Length;

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            for (var visitor = 0; visitor < _shown.Length; visitor++)
                if (_shown[visitor] is not null) _changed.Add(visitor);
        }
        // One that is known is written also with nothing left, to clear what an earlier frame
        // holds.
        var known = 0;
        foreach (var visitor in _changed.Numbers) if (graph.Visitors.IsKnown(visitor)) known++;
        output.WriteCount(known);
        foreach (var visitor in _changed.Numbers)
        {
            if (!graph.Visitors.IsKnown(visitor)) continue;
            output.WriteVisitor(visitor);
            output.WriteCount(this[visitor].Length);
            foreach (var shown in this[visitor])
            {
                output.WriteProduct(shown.Product);
                output.WriteNumber(shown.Stamp);
            }
        }
        _changed.Clear();
    }

    public void Load(StateReader input)
    {
        using var changing = graph.View.EnterScope();
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var visitor = input.ReadVisitor();
            Places.Ensure(ref _shown, visitor);
            _shown[visitor] = null;
            for (var left = input.ReadCount(); left > 0; left--)
            {
                var shown = new ShownProduct(input.ReadProduct(), (uint)input.ReadNumber());
                // A limit of products that was lowered leaves some without a place.
                if (shown.Product >= 0) Add(ref _shown[visitor], shown);
            }
        }
        _changed.Clear();
    }

    private static void Add(ref ShownProduct[]? shown, ShownProduct product)
    {
        var from = shown?.Length == Limit ? 1 : 0;
        shown = [.. shown.AsSpan(from), product];
    }

    /// <summary>How often it had been shown.</summary>
    private static int Remove(ref ShownProduct[]? shown, int product)
    {
        for (var i = 0; i < shown?.Length; i++)
        {
            if (shown[i].Product != product) continue;
            var times = shown[i].Times;
            shown = shown.Length == 1 ? null : [.. shown.AsSpan(0, i), .. shown.AsSpan(i + 1)];
            return times;
        }
        return 0;
    }
}
