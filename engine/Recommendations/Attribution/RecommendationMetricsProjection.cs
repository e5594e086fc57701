using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>Events with an answer's id that were not counted, or not yet.</summary>
/// <param name="Unreadable">Their id was changed, cut, or another visitor's.</param>
/// <param name="Foreign">Their product was not in the answer.</param>
/// <param name="Unseen">Clicks on what no event has told to be shown yet.</param>
/// <param name="Behind">Their product was not among the first <see cref="AnswerLabel.ItemLimit"/>
/// of a list at least that long: the id does not carry what is behind them.</param>
public readonly record struct UncountedEvents(
    long Unreadable, long Foreign, long Unseen, long Behind)
{
    public static UncountedEvents operator +(UncountedEvents left, UncountedEvents right) => new(
        left.Unreadable + right.Unreadable, left.Foreign + right.Foreign,
        left.Unseen + right.Unseen, left.Behind + right.Behind);
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
/// come; a click counts when its impression is known. A click is credited with one purchase, also
/// where that comes first (see <see cref="PurchaseCredits"/>). Late events count like all others.
/// Owned by the partition's thread.
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
    private ItemFeedbackCounts? _shop;
    private ProductIndex? _products;

    public RecommendationMetricsProjection()
    {
        for (var i = 0; i < SourceLimit; i++) _sources[i] = new SuccessSums();
    }

    public string Name => "recommendation-metrics";

    public int Version => 2;

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

    /// <summary>Adds what is counted here to the whole shop's counts, now and from now on.
    /// </summary>
    /// <param name="shop">The shop's.</param>
    /// <param name="products">The partition's numbers of the products.</param>
    public void Attach(ItemFeedbackCounts shop, ProductIndex products)
    {
        (_shop, _products) = (shop, products);
        for (var product = 0; product < _items.Length; product++)
            if (_items[product] != default) AddToShop(product, _items[product]);
    }

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
            if (reader.LabelOf(line) is not { } label) Count(new(1, 0, 0, 0));
            else if (label.Find(line.Sku) is var place and >= 0)
                Credit(e, label, place, product, isClick);
            else if (label.IsFull) Count(new(0, 0, 0, 1));
            else Count(new(0, 1, 0, 0));
        }
        if (name == EventName.Purchase) Buy(e);
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

    private VisitorTrail TrailFor(int visitor)
    {
        Places.Ensure(ref _trails, visitor);
        _changed.Add(visitor);
        return _trails[visitor] ??= new VisitorTrail();
    }

    private void Credit(
        in StreamEvent e, AnswerLabel label, int place, int product, bool isClick)
    {
        var trail = TrailFor(e.Visitor);
        ref var answer = ref trail.AnswerOf(label.Key);
        var bit = 1UL << place;
        var (wasShown, wasClicked) = ((answer.Shown & bit) != 0, (answer.Clicked & bit) != 0);
        if (isClick ? wasClicked : wasShown) return;
        if (isClick) answer.Clicked |= bit;
        else answer.Shown |= bit;
        // A click that came before its impression counts with it.
        if (!isClick || wasShown)
            Add(label, trail, place, product, new(isClick ? 0 : 1, isClick || wasClicked ? 1 : 0));
        if (isClick)
        {
            if (!wasShown) Count(new(0, 0, 1, 0));
            Apply(trail.Purchases.Add(new ClickTrace(e.Ticks, product, label.Key,
                ArmSetOf(label), label.SourceOf(place), IsCounted: wasShown)), trail);
        }
        else if (wasClicked)
        {
            Count(new(0, 0, -1, 0));
            Apply(trail.Purchases.CountClick(label.Key, product), trail);
        }
    }

    private void AddToShop(int product, ItemFeedback counts)
    {
        if (_shop is not null && _products!.ItemOf(product) is var item and >= 0)
            _shop.Add(item, counts);
    }

    private void Add(
        AnswerLabel label, VisitorTrail trail, int place, int product, ItemFeedback counts)
    {
        Places.Ensure(ref _items, product);
        _items[product] += counts;
        AddToShop(product, counts);
        _changedItems.Add(product);
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

    private int ArmSetOf(AnswerLabel label)
    {
        Span<uint> arms = stackalloc uint[label.ArmCount];
        for (var i = 0; i < arms.Length; i++) arms[i] = label.ArmOf(i);
        return _armSets.Resolve(arms);
    }

    private void Buy(in StreamEvent e)
    {
        for (var i = 0; i < e.Event.Lines.Length; i++)
        {
            if (e.Products.Span[i] is not (var product and >= 0)) continue;
            var line = e.Event.Lines[i];
            var trail = TrailFor(e.Visitor);
            Apply(trail.Purchases.Add(new PurchaseTrace(
                e.Ticks, product, line.UnitPrice is { } price ? price * line.Quantity : null)),
                trail);
        }
    }

    private void Apply(CreditChanges changes, VisitorTrail trail)
    {
        foreach (var credit in changes.Revoked) Convert(trail, credit, -1);
        foreach (var credit in changes.Granted) Convert(trail, credit, 1);
    }

    /// <param name="trail">The visitor's.</param>
    /// <param name="credit">What is credited.</param>
    /// <param name="sign">1; or -1 where the credit is taken back.</param>
    private void Convert(VisitorTrail trail, in PurchaseCredit credit, int sign)
    {
        var source = SumsOf(credit.Click.Source);
        source.Conversions += sign;
        if (credit.Purchase.Paid is { } paid)
        {
            source.AddRevenue(paid.Currency,
                new(sign * paid.Amount, sign * Square((double)paid.Amount)));
        }
        foreach (var arm in _armSets[credit.Click.ArmSet])
        {
            if (SumsOf(arm) is not { } sums) continue;
            sums.Conversions += sign;
            if (trail.ArmAt(arm) is not (var at and >= 0)) continue;
            var before = trail.Arms[at].Conversions;
            trail.Arms[at].Conversions += sign;
            sums.Buyers += Math.Sign(trail.Arms[at].Conversions) - Math.Sign(before);
            if (credit.Purchase.Paid is not { } earned) continue;
            var amount = sign * (double)earned.Amount;
            var spent = trail.AddRevenue(arm, earned.Currency.Code, amount);
            sums.AddRevenue(earned.Currency, new(sign * earned.Amount,
                Square(spent + amount) - Square(spent)));
        }
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
        output.WriteNumber((ulong)_uncounted.Behind);
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
            (long)input.ReadNumber(), (long)input.ReadNumber(), (long)input.ReadNumber(),
            (long)input.ReadNumber());
        for (var i = 0; i < SourceLimit; i++) _sources[i] = SuccessSums.Load(input);
        for (var left = input.ReadCount(); left > 0; left--)
            _arms[(uint)input.ReadNumber()] = SuccessSums.Load(input);
    }

    private static double Square(double x) => x * x;
}
