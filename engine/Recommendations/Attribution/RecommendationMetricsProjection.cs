using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>Events with an answer's id that were not counted, or not yet.</summary>
/// <param name="Unreadable">Their id was changed, cut, or another visitor's.</param>
/// <param name="Foreign">Their product was not in the answer.</param>
/// <param name="Unseen">Clicks on what no event has told to be shown yet.</param>
public readonly record struct UncountedEvents(long Unreadable, long Foreign, long Unseen)
{
    public static UncountedEvents operator +(UncountedEvents left, UncountedEvents right) => new(
        left.Unreadable + right.Unreadable, left.Foreign + right.Foreign,
        left.Unseen + right.Unseen);
}

/// <summary>
/// What recommendations come to, by who proposed them and by the arms of experiments: impressions
/// (a product of an answer's id in <c>view_item_list</c>), clicks (the same in <c>select_item</c>,
/// <c>view_item</c>, <c>add_to_cart</c> or <c>purchase</c>), conversions and revenue (a purchase of
/// the product within <see cref="ConversionWindow"/> after the click; the last click gets the
/// credit). The id is the parameter or the item's member <see cref="ListId"/>, as in GA4.
/// </summary>
/// <remarks>
/// Each product of an answer is one impression and one click at most, in whatever order the events
/// come; a click counts when its impression is known. A click is credited with one purchase. Late
/// events count like all others. Owned by the partition's thread.
/// </remarks>
public sealed class RecommendationMetricsProjection : IProjection
{
    /// <summary>The parameter, or the member of an item, that holds the answer's id.</summary>
    public const string ListId = "item_list_id";

    /// <summary>How long after a click a purchase is credited to it, in event time.</summary>
    public static readonly TimeSpan ConversionWindow = TimeSpan.FromHours(24);

    // Arms that are told apart: ten times what a book holds running. Beyond it are invented ones.
    private const int ArmLimit = 10 * ExperimentArms;
    private const int ExperimentArms = 160;
    private const int SourceLimit = 64;

    private readonly SuccessSums[] _sources = new SuccessSums[SourceLimit];
    private readonly Dictionary<uint, SuccessSums> _arms = [];
    private readonly ArmSets _armSets = new();
    private readonly DirtyNumbers _changed = new();
    private readonly DirtyNumbers _changedItems = new();
    private VisitorTrail?[] _trails = [];
    private ItemFeedback[] _items = [];
    private UncountedEvents _uncounted;

    public RecommendationMetricsProjection()
    {
        for (var i = 0; i < SourceLimit; i++) _sources[i] = new SuccessSums();
    }

    public string Name => "recommendation-metrics";

    public int Version => 1;

    /// <summary>The sums of each source that has any. Valid until the next event.</summary>
    public IEnumerable<(RecommendationSource Source, SuccessSums Sums)> Sources =>
        _sources.Select((sums, i) => ((RecommendationSource)i, sums))
            .Where(source => source.sums.Impressions > 0);

    /// <summary>The sums of each arm, by its tag. Valid until the next event.</summary>
    public IReadOnlyDictionary<uint, SuccessSums> Arms => _arms;

    public UncountedEvents Uncounted => _uncounted;

    /// <summary>Each product's impressions and clicks, by its number in the partition; products
    /// behind the end have none. Valid until the next event.</summary>
    public ReadOnlySpan<ItemFeedback> Items => _items;

    public void Apply(in StreamEvent e)
    {
        var name = e.Event.Name;
        var isClick = name is EventName.SelectItem or EventName.ViewItem or EventName.AddToCart
            or EventName.Purchase;
        if (!isClick && name != EventName.ViewItemList) return;
        var reader = new LabelReader(e.Event);
        for (var i = 0; i < e.Event.Lines.Length; i++)
        {
            var line = e.Event.Lines[i];
            var product = e.Products.Span[i];
            if (product < 0 || !reader.IsLabelled(line)) continue;
            if (reader.LabelOf(line) is not { } label) Count(new(1, 0, 0));
            else if (label.Find(line.Sku) is var place and >= 0)
                Credit(e, label, place, product, isClick);
            else Count(new(0, 1, 0));
        }
        if (name == EventName.Purchase && TrailOf(e.Visitor) is { } trail) Convert(e, trail);
    }

    public void Forget(int visitor)
    {
        if (visitor < _trails.Length) _trails[visitor] = null;
    }

    public int KeptOf(int visitor) => TrailOf(visitor)?.Count ?? 0;

    public void Save(StateWriter output, bool everything)
    {
        if (everything)
        {
            for (var visitor = 0; visitor < _trails.Length; visitor++)
                if (_trails[visitor] is not null) _changed.Add(visitor);
            for (var product = 0; product < _items.Length; product++)
                if (_items[product] != default) _changedItems.Add(product);
        }
        SaveSums(output);
        output.WriteCount(_changedItems.Numbers.Length);
        foreach (var product in _changedItems.Numbers)
        {
            output.WriteProduct(product);
            output.WriteCount(_items[product].Impressions);
            output.WriteCount(_items[product].Clicks);
        }
        var alive = 0;
        foreach (var visitor in _changed.Numbers) if (_trails[visitor] is not null) alive++;
        output.WriteCount(alive);
        foreach (var visitor in _changed.Numbers)
        {
            if (_trails[visitor] is not { } trail) continue;
            output.WriteVisitor(visitor);
            trail.Save(output, _armSets);
        }
        _changed.Clear();
        _changedItems.Clear();
    }

    public void Load(StateReader input)
    {
        LoadSums(input);
        for (var left = input.ReadCount(); left > 0; left--)
        {
            var product = input.ReadProduct();
            var feedback = new ItemFeedback(input.ReadCount(), input.ReadCount());
            // A limit of products that was lowered leaves some without a place.
            if (product < 0) continue;
            Places.Ensure(ref _items, product);
            _items[product] = feedback;
        }
        for (var left = input.ReadCount(); left > 0; left--)
        {
            var visitor = input.ReadVisitor();
            Places.Ensure(ref _trails, visitor);
            _trails[visitor] = VisitorTrail.Load(input, _armSets);
        }
        _changed.Clear();
        _changedItems.Clear();
    }

    private VisitorTrail? TrailOf(int visitor) =>
        (uint)visitor < (uint)_trails.Length ? _trails[visitor] : null;

    private void Count(UncountedEvents events) => _uncounted += events;

    private void Credit(
        in StreamEvent e, AnswerLabel label, int place, int product, bool isClick)
    {
        Places.Ensure(ref _trails, e.Visitor);
        var trail = _trails[e.Visitor] ??= new VisitorTrail();
        _changed.Add(e.Visitor);
        ref var answer = ref trail.AnswerOf(label.Key);
        var bit = 1UL << place;
        var (wasShown, wasClicked) = ((answer.Shown & bit) != 0, (answer.Clicked & bit) != 0);
        if (isClick ? wasClicked : wasShown) return;
        if (isClick) answer.Clicked |= bit;
        else answer.Shown |= bit;
        if (isClick && !wasShown)
        {
            Count(new(0, 0, 1));
            return;
        }
        // A click that came before its impression counts with it.
        var counts = new ItemFeedback(isClick ? 0 : 1, isClick || wasClicked ? 1 : 0);
        if (!isClick && wasClicked) Count(new(0, 0, -1));
        Add(label, trail, place, counts);
        Places.Ensure(ref _items, product);
        _items[product] += counts;
        _changedItems.Add(product);
        if (counts.Clicks == 1) AddClick(e.Ticks, label, trail, place, product);
    }

    private void Add(AnswerLabel label, VisitorTrail trail, int place, ItemFeedback counts)
    {
        var source = SumsOf(label.SourceOf(place));
        source.Impressions += counts.Impressions;
        source.Clicks += counts.Clicks;
        for (var i = 0; i < label.ArmCount; i++)
        {
            if (SumsOf(label.ArmOf(i)) is not { } sums) continue;
            sums.Impressions += counts.Impressions;
            sums.Clicks += counts.Clicks;
            if (trail.ArmAt(label.ArmOf(i)) is not (var at and >= 0)) continue;
            ref var tally = ref trail.Arms[at];
            var before = tally;
            tally.Impressions += counts.Impressions;
            tally.Clicks += counts.Clicks;
            sums.ByVisitor = sums.ByVisitor.Move(
                before.Impressions, before.Clicks, tally.Impressions, tally.Clicks);
        }
    }

    private void AddClick(
        long ticks, AnswerLabel label, VisitorTrail trail, int place, int product)
    {
        Span<uint> arms = stackalloc uint[label.ArmCount];
        for (var i = 0; i < arms.Length; i++) arms[i] = label.ArmOf(i);
        trail.Add(new(ticks, product, _armSets.Resolve(arms), label.SourceOf(place), false));
    }

    private void Convert(in StreamEvent e, VisitorTrail trail)
    {
        for (var i = 0; i < e.Event.Lines.Length; i++)
        {
            var at = LastClick(trail.Clicks, e.Products.Span[i], e.Ticks);
            if (at < 0) continue;
            ref var click = ref trail.Clicks[at];
            click.HasConverted = true;
            _changed.Add(e.Visitor);
            var line = e.Event.Lines[i];
            Convert(trail, click, line.UnitPrice is { } price ? price * line.Quantity : null);
        }
    }

    private void Convert(VisitorTrail trail, in ClickTrace click, Money? revenue)
    {
        var source = SumsOf(click.Source);
        source.Conversions++;
        if (revenue is { } paid)
            source.AddRevenue(paid.Currency, new(paid.Amount, Square((double)paid.Amount)));
        foreach (var arm in _armSets[click.ArmSet])
        {
            if (SumsOf(arm) is not { } sums) continue;
            sums.Conversions++;
            if (trail.ArmAt(arm) is not (var at and >= 0)) continue;
            if (trail.Arms[at].Conversions++ == 0) sums.Buyers++;
            if (revenue is not { } earned) continue;
            var before = trail.AddRevenue(
                arm, earned.Currency.Code, (double)earned.Amount);
            sums.AddRevenue(earned.Currency, new(earned.Amount,
                Square(before + (double)earned.Amount) - Square(before)));
        }
    }

    /// <summary>The last click on a product before a purchase that no purchase was credited to;
    /// -1 where there is none within the window.</summary>
    private static int LastClick(ReadOnlySpan<ClickTrace> clicks, int product, long ticks)
    {
        var last = -1;
        for (var i = 0; i < clicks.Length; i++)
        {
            if (clicks[i].Product != product || clicks[i].HasConverted) continue;
            if (clicks[i].Ticks > ticks || clicks[i].Ticks < ticks - ConversionWindow.Ticks)
                continue;
            if (last < 0 || clicks[i].Ticks >= clicks[last].Ticks) last = i;
        }
        return last;
    }

    private SuccessSums SumsOf(RecommendationSource source) =>
        _sources[(int)source < SourceLimit ? (int)source : 0];

    private SuccessSums? SumsOf(uint arm)
    {
        if (_arms.TryGetValue(arm, out var sums)) return sums;
        return _arms.Count == ArmLimit ? null : _arms[arm] = new SuccessSums();
    }

    private void SaveSums(StateWriter output)
    {
        output.WriteNumber((ulong)_uncounted.Unreadable);
        output.WriteNumber((ulong)_uncounted.Foreign);
        output.WriteNumber((ulong)_uncounted.Unseen);
        foreach (var sums in _sources) sums.Save(output);
        output.WriteCount(_arms.Count);
        foreach (var (arm, sums) in _arms)
        {
            output.WriteNumber(arm);
            sums.Save(output);
        }
    }

    private void LoadSums(StateReader input)
    {
        _uncounted = new(
            (long)input.ReadNumber(), (long)input.ReadNumber(), (long)input.ReadNumber());
        for (var i = 0; i < SourceLimit; i++) _sources[i] = SuccessSums.Load(input);
        for (var left = input.ReadCount(); left > 0; left--)
            _arms[(uint)input.ReadNumber()] = SuccessSums.Load(input);
    }

    private static double Square(double x) => x * x;
}
