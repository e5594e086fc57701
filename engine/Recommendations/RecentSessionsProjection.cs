using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// Feeds what all partitions learn of sessions: each click at once, each session as soon as it has
/// ended. What serving asks is one index over the whole shop; here are the sessions of this
/// partition that it holds, so that it can be saved and made again.
/// </summary>
/// <remarks>
/// Until <see cref="Attach"/> it only keeps, so that a graph that is thrown away again has taught
/// nobody. What a session holds is read from the visitor's profile when it ends. That a visitor's
/// numbers are given anew leaves its sessions where they are: they name nobody but for a hash,
/// which is there to remove them when the visitor must be forgotten for good.
/// </remarks>
public sealed class RecentSessionsProjection : IProjection
{
    private readonly PartitionGraph _graph;
    private readonly ProfileProjection _profiles;
    private readonly KeptSession[] _kept;
    private ShopSessions? _shop;
    private long _next;
    private long _saved;
    // A visitor who is being forgotten for good: what is open ends then, and must not come in.
    private ulong? _erased;

    /// <param name="graph">Its sessions.</param>
    /// <param name="profiles">What was done in them; must take each event before.</param>
    public RecentSessionsProjection(PartitionGraph graph, ProfileProjection profiles)
    {
        (_graph, _profiles) = (graph, profiles);
        _kept = new KeptSession[graph.RecentSessionLimit];
        graph.WatchSessions(Name, Take);
    }

    /// <summary>A session that has ended.</summary>
    /// <param name="Owner">The hash of the visitor's id.</param>
    /// <param name="EndTicks">Its last event.</param>
    /// <param name="Products">By their numbers in the partition, oldest first; null where it was
    /// forgotten.</param>
    private record struct KeptSession(ulong Owner, long EndTicks, int[]? Products);

    public string Name => "recent-sessions";

    public int Version => 1;

    /// <summary>The sessions that are kept, oldest first, by the shop's numbers.</summary>
    public IEnumerable<(long EndTicks, ulong Owner, int[] Items)> Sessions
    {
        get
        {
            for (var number = Math.Max(0, _next - _kept.Length); number < _next; number++)
            {
                var (owner, end, products) = _kept[number % _kept.Length];
                if (products is not null) yield return (end, owner, ToItems(products));
            }
        }
    }

    /// <summary>From now on clicks and sessions are learnt here, too. What is kept already is the
    /// caller's to teach, with that of the other partitions.</summary>
    public void Attach(ShopSessions shop) => _shop = shop;

    public void Apply(in StreamEvent e)
    {
        if (_shop is null || e.IsLate || e.Products.Length != 1
            || e.Event.Name is not (EventName.ViewItem or EventName.AddToCart)) return;
        Span<int> clicks = stackalloc int[ShopSessions.ClickReach];
        var count = ReadClicks(e, clicks);
        if (count > 1) _shop.LearnClick(clicks[^count..]);
    }

    public void Forget(int visitor)
    {
        // Its sessions name nobody; see the class.
        _erased = null;
    }

    public int KeptOf(int visitor) => 0;

    public int Erase(ulong visitor)
    {
        _erased = visitor;
        _shop?.Knowledge.Index.Forget(visitor);
        var removed = 0;
        for (var i = 0; i < _kept.Length; i++)
        {
            if (_kept[i].Owner != visitor || _kept[i].Products is null) continue;
            _kept[i] = default;
            removed++;
        }
        return removed;
    }

    public void Save(StateWriter output, bool everything)
    {
        var from = Math.Max(everything ? 0 : _saved, _next - _kept.Length);
        output.WriteNumber((ulong)from);
        output.WriteCount((int)(_next - from));
        for (; from < _next; from++)
        {
            var (owner, end, products) = _kept[from % _kept.Length];
            output.WriteCount(products?.Length ?? 0);
            if (products is null) continue;
            output.WriteUInt64(owner);
            output.WriteSigned(end);
            foreach (var product in products) output.WriteProduct(product);
        }
        _saved = _next;
    }

    public void Load(StateReader input)
    {
        _next = (long)input.ReadNumber();
        for (var left = input.ReadCount(); left > 0; left--)
        {
            ref var place = ref _kept[_next++ % _kept.Length];
            place = default;
            var length = input.ReadCount();
            if (length == 0) continue;
            place = new(input.ReadUInt64(), input.ReadSigned(), new int[length]);
            // A limit of products that was lowered leaves some without a place.
            for (var i = 0; i < length; i++) place.Products![i] = input.ReadProduct();
        }
        _saved = _next;
    }

    private void Take(SessionChange change)
    {
        if (change.Sign < 0 || !change.Facts.HasEnded) return;
        var span = change.Span;
        var products = new List<int>();
        foreach (ref readonly var done in _profiles[span.Visitor])
        {
            if (done.Ticks < span.FirstTicks || done.Ticks > span.LastTicks
                || done.Name == EventName.RemoveFromCart) continue;
            if (done.Session != 0 && done.Session != span.Tag) continue;
            if (products.Count == 0 || products[^1] != done.Product) products.Add(done.Product);
        }
        // One product says nothing of what goes together.
        if (products.Count < 2) return;
        var owner = StableHash.Of(_graph.Visitors[span.Visitor].Value);
        if (owner == _erased) return;
        _kept[_next++ % _kept.Length] = new(owner, span.LastTicks, [.. products]);
        _shop?.Knowledge.LearnSession(ToItems([.. products]), owner);
    }

    /// <summary>The visitor's last clicks of this session, this one the last, in the last places.
    /// </summary>
    private int ReadClicks(in StreamEvent e, Span<int> clicks)
    {
        var tag = Interaction.TagOf(e.Event.Session);
        var done = _profiles[e.Visitor];
        var product = e.Products.Span[0];
        if (product < 0 || _graph.Products.ItemOf(product) < 0) return 0;
        var (count, last, until) = (1, product, e.Ticks);
        clicks[^1] = _graph.Products.ItemOf(product);
        var isBefore = false;
        for (var i = done.Length - 1; i >= 0 && count < clicks.Length; i--)
        {
            if (!isBefore)
            {
                // This click itself; what another clock puts behind it is no way to it.
                isBefore = done[i].Ticks == e.Ticks && done[i].Product == product
                    && done[i].Name == e.Event.Name;
                continue;
            }
            if (until - done[i].Ticks > SessionRules.Gap.Ticks) break;
            if (done[i].Session != tag || done[i].Name == EventName.RemoveFromCart) continue;
            until = done[i].Ticks;
            if (done[i].Product == last)
            {
                // A product that is viewed and then put into the cart is clicked on once.
                if (count == 1) return 0;
                continue;
            }
            last = done[i].Product;
            var item = _graph.Products.ItemOf(last);
            if (item >= 0) clicks[^++count] = item;
        }
        return count;
    }

    private int[] ToItems(int[] products)
    {
        var items = new List<int>(products.Length);
        foreach (var product in products)
        {
            var item = product < 0 ? -1 : _graph.Products.ItemOf(product);
            if (item >= 0) items.Add(item);
        }
        return [.. items];
    }
}
