using System.Runtime.InteropServices;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Candidates;
using StreamCommerce.Engine.Recommendations.Merchandising;
using StreamCommerce.Engine.Recommendations.Ranking;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>Lets a list hold only what an answer may.</summary>
internal readonly struct AllowedHere(Asked asked) : IItemFilter
{
    public bool Allows(int item) => asked.Allows(item);
}

/// <summary>
/// What one request asks, all that is known of who asks, and which products may answer it; by the
/// shop's numbers. The work space of one request at a time, to be used again for the next:
/// it allocates nothing once it has grown.
/// </summary>
internal sealed class Asked(ItemNumbers items, Shelf shelf)
{
    /// <summary>Who has just bought something does not want it again; a month later perhaps.
    /// </summary>
    public static readonly TimeSpan BoughtRest = TimeSpan.FromDays(30);

    // So many products are looked at one by one: a tenth of what it takes to search a large shop
    // for a few that are allowed.
    private const int FewLimit = 10_000;

    // What was looked at last is not news to the visitor; what lies further back may be.
    private const int SeenLimit = 10;
    private const float AgeWeight = 0.8f;

    // What was shown in vain four times has an eighth of its score; after a day it is as before.
    private const float SinkWeight = 0.6f;
    private const int SinkMinutes = 24 * 60;

    private readonly ItemInteraction[] _done = new ItemInteraction[ProfileProjection.Limit];
    private readonly ItemShown[] _shown = new ItemShown[ShownProjection.Limit];
    private readonly List<(int Item, float Factor)> _sinking = [];
    private readonly List<HistoryEntry> _entries = [];
    private readonly List<HistoryEntry> _moment = [];
    private readonly List<HistoryEntry> _interests = [];
    private readonly List<int> _context = [];
    private readonly List<int> _categories = [];
    private readonly List<int> _few = [];
    private readonly ItemSet _excluded = new();
    private readonly ItemSet _seen = new();
    private float[] _factor = [];
    private int _doneCount;

    public RecommendationRequest Request { get; private set; } = new();

    /// <summary>The trained model; null where there is none, or the visitor is to go without.
    /// </summary>
    public ServedModel? Model { get; private set; }

    /// <summary>What merchants want.</summary>
    public Merchandise Merchandise { get; private set; } = null!;

    /// <summary>A hash of who asks, for what, and of what is known of them: what is left to chance
    /// is drawn from it.</summary>
    public ulong Seed { get; private set; }

    /// <summary>What was shown lately and not clicked on, and what its score is multiplied by.
    /// </summary>
    public ReadOnlySpan<(int Item, float Factor)> Sinking => CollectionsMarshal.AsSpan(_sinking);

    /// <summary>The number of the region whose stock counts.</summary>
    public int Region { get; private set; }

    /// <summary>What the visitor did with products, oldest first.</summary>
    public ReadOnlySpan<ItemInteraction> Done => _done.AsSpan(0, _doneCount);

    /// <summary>The products of this visit, oldest first, those of the cart and on the screen last;
    /// the same product does not follow itself.</summary>
    public ReadOnlySpan<HistoryEntry> Moment => CollectionsMarshal.AsSpan(_moment);

    /// <summary>The products that the visitor was at last, on the screen and in the cart first,
    /// each once; the older the lighter.</summary>
    public ReadOnlySpan<HistoryEntry> Interests => CollectionsMarshal.AsSpan(_interests);

    /// <summary>The products of the cart and on the screen.</summary>
    public ReadOnlySpan<int> Context => CollectionsMarshal.AsSpan(_context);

    /// <summary>Whether only some categories are asked for.</summary>
    public bool HasCategories => Request.Categories.Count > 0;

    /// <summary>The category that is asked for; -1 where there are none or several.</summary>
    public int OnlyCategory => _categories.Count == 1 ? _categories[0] : -1;

    /// <summary>The product on the screen; -1 where there are none or several.</summary>
    public int OnlyProduct => Request.Products.Count == 1 ? items.Find(Request.Products[0]) : -1;

    /// <summary>Work space of the sources, one after the other.</summary>
    public CandidateTable Sums { get; } = new();

    /// <summary>Work space for what a factor is solved for from.</summary>
    public List<HistoryEntry> Entries => _entries;

    /// <summary>Work space for a factor.</summary>
    public Span<float> FactorOf(int dimensions)
    {
        if (_factor.Length < dimensions) _factor = new float[dimensions];
        return _factor.AsSpan(0, dimensions);
    }

    /// <summary>Work space of a source that counts before it adds up.</summary>
    public CandidateTable Pairs { get; } = new();

    /// <summary>Takes up a request.</summary>
    /// <param name="request">A valid one.</param>
    /// <param name="histories">Where what the visitor did is read from.</param>
    /// <param name="stored">What it did by the store, where that was asked.</param>
    /// <param name="model">The trained model, leased until <see cref="End"/>.</param>
    /// <param name="merchandise">What merchants want.</param>
    /// <param name="moment">Stands for the shop's state, for those of whom nothing is known.
    /// </param>
    public void Begin(
        RecommendationRequest request, VisitorHistories histories,
        IReadOnlyList<ProductInteraction> stored, ServedModel? model, Merchandise merchandise,
        long moment)
    {
        (Request, Model, Merchandise) = (request, model, merchandise);
        Seed = SeedOf(request, moment);
        Region = request.Region is null
            ? Shelf.HomeRegion : shelf.RegionOf(new StockRegion(request.Region));
        _categories.Clear();
        foreach (var category in request.Categories)
            _categories.Add(shelf.Categories.Find(category));
        _excluded.Clear();
        ReadContext(request);
        ReadVisitor(request, histories, stored);
        foreach (var sku in request.Exclude) Exclude(items.Find(sku));
        ExcludeBought();
        _moment.Clear();
        if (request.Placement is Placement.ForVisitor)
        {
            ExcludeSeen();
            ReadVisit(request.Session);
        }
        foreach (var item in _context) AddToMoment(item);
        ReadInterests();
    }

    /// <summary>Lets go of what was borrowed for the request.</summary>
    public void End() => Model = null;

    /// <summary>Whether a product may be among the answers: it can be sold, is of the categories,
    /// and nothing speaks against showing it.</summary>
    public bool Allows(int item) =>
        !_excluded.Contains(item) && shelf.CanSell(item, Region) && IsOfCategories(item)
        && !Merchandise.IsHidden(item)
        && !(Request.After.Count > 0 && Request.After.HasShown(items[item]));

    /// <summary>The products of the categories that are asked for, where these are so few that
    /// looking at each beats searching among all. Some may not be allowed, or come twice.</summary>
    public bool TryGetFew(out ReadOnlySpan<int> products)
    {
        products = default;
        if (!HasCategories) return false;
        var count = 0;
        foreach (var category in _categories) count += shelf.MembersOf(category).Length;
        if (count > FewLimit) return false;
        _few.Clear();
        foreach (var category in _categories) _few.AddRange(shelf.MembersOf(category));
        products = CollectionsMarshal.AsSpan(_few);
        return true;
    }

    /// <summary>Moves the best products of a table that are allowed into a list.</summary>
    public int TakeAllowed(CandidateTable sums, Span<Candidate> found)
    {
        Span<ScoredItem> top = stackalloc ScoredItem[found.Length];
        var count = sums.Top(top, new AllowedHere(this));
        for (var i = 0; i < count; i++) found[i] = new(top[i].Item, top[i].Score, top[i].Because);
        return count;
    }

    /// <summary>What the visitor did last with a product; 0 where nothing is known.</summary>
    public EventName LastWith(int item)
    {
        var strongest = default(EventName);
        foreach (ref readonly var done in Done)
            if (done.Item == item && done.Name != EventName.RemoveFromCart && done.Name > strongest)
                strongest = done.Name;
        return strongest;
    }

    private void ReadVisitor(
        RecommendationRequest request, VisitorHistories histories,
        IReadOnlyList<ProductInteraction> stored)
    {
        _doneCount = 0;
        _sinking.Clear();
        if (request.Visitor is not { } visitor) return;
        var shownCount = 0;
        (_doneCount, shownCount) = histories.Copy(visitor, _done, _shown);
        // The engine may have learnt of the visitor since the store was asked.
        if (_doneCount == 0) TakeStored(stored);
        var last = _doneCount > 0 ? _done[_doneCount - 1].Ticks : 0;
        Seed = SeededDraws.Mix(Seed ^ StableHash.Of(visitor.Value) ^ (ulong)last);
        if (!request.Rotate || request.Placement != Placement.ForVisitor) return;
        // By the visitor's own clock, as all that is kept of a visitor.
        var now = ShownProduct.MinutesOf(last);
        foreach (ref readonly var shown in _shown.AsSpan(0, shownCount))
            now = Math.Max(now, shown.Minutes);
        foreach (ref readonly var shown in _shown.AsSpan(0, shownCount))
        {
            Seed = SeededDraws.Mix(Seed ^ (ulong)shown.Times);
            if (now - shown.Minutes < SinkMinutes)
                _sinking.Add((shown.Item, MathF.Pow(SinkWeight, shown.Times)));
        }
    }

    private void TakeStored(IReadOnlyList<ProductInteraction> stored)
    {
        foreach (var (ticks, product, name, session) in stored)
        {
            var item = items.Find(product);
            if (item >= 0) _done[_doneCount++] = new(ticks, item, name, session);
        }
    }

    private static ulong SeedOf(RecommendationRequest request, long moment)
    {
        var seed = SeededDraws.Mix((ulong)request.Placement << 48
            ^ (ulong)request.Count << 32 ^ (uint)request.After.Count);
        if (request.Session is { } session) Mix(session.Value);
        foreach (var sku in request.Products) Mix(sku.Value);
        foreach (var sku in request.Cart) Mix(sku.Value);
        foreach (var category in request.Categories) Mix(category);
        return request.Visitor is null ? SeededDraws.Mix(seed ^ (ulong)moment) : seed;

        void Mix(string text) => seed = SeededDraws.Mix(seed ^ StableHash.Of(text));
    }

    private bool IsOfCategories(int item)
    {
        if (_categories.Count == 0) return true;
        if (shelf.Find(item) is not { } product) return false;
        foreach (var category in _categories)
            if (product.IsIn(category)) return true;
        return false;
    }

    private void ReadContext(RecommendationRequest request)
    {
        _context.Clear();
        foreach (var sku in request.Cart) AddToContext(items.Find(sku));
        foreach (var sku in request.Products) AddToContext(items.Find(sku));
    }

    private void AddToContext(int item)
    {
        // One that no event and no catalogue has named says nothing.
        if (item < 0) return;
        _context.Add(item);
        _excluded.Add(item);
    }

    private void Exclude(int item)
    {
        if (item >= 0) _excluded.Add(item);
    }

    private void ExcludeBought()
    {
        if (_doneCount == 0) return;
        // By the visitor's own clock: a history that is replayed is not a year old to itself.
        var since = _done[_doneCount - 1].Ticks - BoughtRest.Ticks;
        foreach (ref readonly var done in Done)
            if (done.Name == EventName.Purchase && done.Ticks >= since) _excluded.Add(done.Item);
    }

    private void ExcludeSeen()
    {
        _seen.Clear();
        for (var i = _doneCount - 1; i >= 0 && _seen.Count < SeenLimit; i--)
            if (_seen.Add(_done[i].Item)) _excluded.Add(_done[i].Item);
    }

    private void ReadVisit(SessionId? session)
    {
        var tag = Interaction.TagOf(session);
        var first = _doneCount;
        if (tag == 0)
        {
            while (first > 0 && (first == _doneCount
                || _done[first].Ticks - _done[first - 1].Ticks <= SessionRules.Gap.Ticks)) first--;
        }
        for (var i = tag == 0 ? first : 0; i < _doneCount; i++)
        {
            if (_done[i].Name == EventName.RemoveFromCart) continue;
            if (tag == 0 || _done[i].Session == tag) AddToMoment(_done[i].Item);
        }
    }

    private void ReadInterests()
    {
        _interests.Clear();
        _seen.Clear();
        for (var i = _context.Count - 1; i >= 0; i--) AddInterest(_context[i]);
        if (Request.Placement != Placement.ForVisitor) return;
        for (var i = _doneCount - 1; i >= 0; i--)
            if (_done[i].Name != EventName.RemoveFromCart) AddInterest(_done[i].Item);
    }

    private void AddInterest(int item)
    {
        if (_interests.Count >= SeenLimit || !_seen.Add(item)) return;
        var weight = _interests.Count == 0 ? 1 : AgeWeight * _interests[^1].Weight;
        _interests.Add(new(item, weight));
    }

    private void AddToMoment(int item)
    {
        if (_moment.Count == 0 || _moment[^1].Item != item) _moment.Add(new(item));
    }
}
