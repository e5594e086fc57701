using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Sessions;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>A session as it is taught, by the shop's numbers.</summary>
/// <param name="Number">Its number among those that are kept; -1 where it has not ended.</param>
/// <param name="EndTicks">Its last event, in UTC ticks.</param>
/// <param name="Owner">The hash of the visitor's id.</param>
/// <param name="Items">Oldest first.</param>
/// <param name="Clicks">A bit for each of them: whether it teaches what follows what.</param>
public sealed record TaughtSession(
    long Number, long EndTicks, ulong Owner, int[] Items, ulong Clicks);

/// <summary>
/// Feeds what all partitions learn of sessions: each click at once, each session as soon as it has
/// ended. What serving asks is one index over the whole shop; here are the sessions of this
/// partition that it holds, so that it can be saved and made again. One that goes on after it has
/// ended is taken back, and comes in as a whole when it ends again.
/// </summary>
/// <remarks>
/// Until <see cref="Attach"/> it only keeps, so that a graph that is thrown away again has taught
/// nobody. What a session holds is read from the visitor's profile, and by the same reading while
/// it goes on, when it ends and after a restart: all that was done with a product but taking it out
/// of the cart, a product that follows itself once. A view or a cart among it is a click, which
/// teaches what follows what. That a visitor's numbers are given anew leaves its sessions where
/// they are: they name nobody but for a hash, which is there to remove them when the visitor must
/// be forgotten for good.
/// </remarks>
public sealed class RecentSessionsProjection : IProjection
{
    private readonly PartitionGraph _graph;
    private readonly ProfileProjection _profiles;
    private readonly KeptSessions _kept;
    private ShopSessions? _shop;

    /// <param name="graph">Its sessions.</param>
    /// <param name="profiles">What was done in them; must take each event before.</param>
    public RecentSessionsProjection(PartitionGraph graph, ProfileProjection profiles)
    {
        (_graph, _profiles) = (graph, profiles);
        _kept = new(graph.RecentSessionLimit);
        graph.WatchSessions(Name, Take);
    }

    public string Name => "recent-sessions";

    public int Version => 3;

    public IReadOnlyList<string> Reads => [_profiles.Name];

    /// <summary>The sessions that have ended and are kept, oldest first.</summary>
    public IEnumerable<TaughtSession> Sessions => _kept.All.Select(one => ToTaught(
        one.Number, one.Session.EndTicks, one.Session.Owner, one.Session.Products,
        one.Session.Clicks));

    /// <summary>The sessions that go on.</summary>
    public IEnumerable<TaughtSession> OpenSessions => _graph.Sessions.Open.Select(ReadOpen);

    /// <summary>From now on clicks and sessions are learnt here, too. What is known already is the
    /// caller's to teach (<see cref="Teach"/>), with that of the other partitions.</summary>
    public void Attach(ShopSessions shop) => _shop = shop;

    /// <summary>Teaches one of <see cref="Sessions"/> or <see cref="OpenSessions"/>.</summary>
    /// <param name="shop">What is taught.</param>
    /// <param name="session">The session.</param>
    /// <param name="tunes">Whether the blend's weights are learnt from it, too.</param>
    public void Teach(ShopSessions shop, TaughtSession session, bool tunes)
    {
        for (var i = 1; i < session.Items.Length; i++)
        {
            if ((session.Clicks >> i & 1) == 0) continue;
            var clicks = session.Items.AsSpan(0, i + 1);
            if (tunes) shop.LearnClick(clicks);
            else shop.Knowledge.LearnClick(clicks);
        }
        if (session.Number < 0) return;
        _kept.SetIndexed(
            session.Number, shop.Knowledge.LearnSession(session.Items, session.Owner));
    }

    public void Apply(in StreamEvent e)
    {
        if (_shop is null || e.IsLate || !IsClick(e.Event.Name)
            || _graph.Sessions.SpanOf(e.Visitor, e.Ticks, e.Session) is not { } span) return;
        Span<int> clicks = stackalloc int[ShopSessions.ClickReach];
        for (var line = 0; line < e.Products.Length; line++)
        {
            var count = ReadClicks(e, span, line, clicks);
            if (count > 1) _shop.LearnClick(clicks[^count..]);
        }
    }

    public void Forget(int visitor)
    {
        // Its sessions name nobody; see the class.
    }

    public int KeptOf(int visitor) => 0;

    public int Erase(ulong visitor) => Math.Max(
        _kept.Erase(visitor), _shop?.Knowledge.Index.Forget(visitor) ?? 0);

    public int CountOf(ulong visitor) => _kept.CountOf(visitor)
        + (_shop?.Knowledge.Index.Sessions().Count(session => session.Owner == visitor) ?? 0);

    public void Save(StateWriter output, bool everything) => _kept.Save(output, everything);

    public void Load(StateReader input) => _kept.Load(input);

    private void Take(SessionChange change)
    {
        if (!change.Facts.HasEnded) return;
        var span = change.Span;
        if (change.Sign < 0)
        {
            var indexed = _kept.Remove(OwnerOf(span), change.Facts.FirstTicks, span.Tag);
            _shop?.Knowledge.Index.Remove(indexed);
            return;
        }
        Span<int> products = stackalloc int[ProfileProjection.Limit];
        var count = Read(span, _profiles[span.Visitor], products, out var clicks);
        // One product says nothing of what goes together.
        if (count < 2) return;
        products = products[..count];
        var owner = OwnerOf(span);
        var number = _kept.Add(
            new(owner, span.FirstTicks, span.LastTicks, span.Tag, products.ToArray(), clicks));
        if (_shop is null) return;
        var items = products[..ToItems(products, products, ref clicks)];
        _kept.SetIndexed(number, _shop.Knowledge.LearnSession(items, owner));
    }

    private static bool IsClick(EventName name) =>
        name is EventName.ViewItem or EventName.AddToCart;

    private ulong OwnerOf(in SessionSpan span) =>
        StableHash.Of(_graph.Visitors[span.Visitor].Value);

    private TaughtSession ReadOpen(SessionSpan span)
    {
        Span<int> products = stackalloc int[ProfileProjection.Limit];
        var count = Read(span, _profiles[span.Visitor], products, out var clicks);
        return ToTaught(-1, span.LastTicks, OwnerOf(span), products[..count], clicks);
    }

    /// <summary>Reads what a session holds from what its visitor did.</summary>
    /// <param name="span">The session.</param>
    /// <param name="all">The profile, or its beginning.</param>
    /// <param name="products">Gets the products, as many as a profile has at most.</param>
    /// <param name="clicks">A bit for each of them that was clicked on; there are fewer than 64.
    /// </param>
    /// <returns>How many products.</returns>
    private static int Read(
        in SessionSpan span, ReadOnlySpan<Interaction> all, Span<int> products, out ulong clicks)
    {
        var count = 0;
        clicks = 0;
        foreach (ref readonly var done in all)
        {
            if (done.Ticks < span.FirstTicks || done.Ticks > span.LastTicks
                || done.Name == EventName.RemoveFromCart) continue;
            if (done.Session != 0 && done.Session != span.Tag) continue;
            if (count == 0 || products[count - 1] != done.Product)
                products[count++] = done.Product;
            if (IsClick(done.Name)) clicks |= 1UL << (count - 1);
        }
        return count;
    }

    /// <summary>The session's last products up to an event's, in the last places, by the shop's
    /// numbers.</summary>
    /// <returns>How many; 0 where the product of the line is no new click.</returns>
    private int ReadClicks(in StreamEvent e, in SessionSpan span, int line, Span<int> clicks)
    {
        var product = e.Products.Span[line];
        if (product < 0 || _graph.Products.ItemOf(product) < 0
            || e.Products.Span[..line].Contains(product)) return 0;
        var all = _profiles[e.Visitor];
        var at = FirstOf(e, product, all);
        if (at < 0) return 0;
        // What another clock puts behind it is no way to it.
        Span<int> products = stackalloc int[ProfileProjection.Limit];
        var count = Read(span, all[..at], products, out var known);
        if (count == 0 || products[count - 1] != product) products[count++] = product;
        // A product that is viewed and then put into the cart is clicked on once.
        else if ((known >> (count - 1) & 1) != 0) return 0;
        var found = 0;
        while (count > 0 && found < clicks.Length)
        {
            var item = products[--count] < 0 ? -1 : _graph.Products.ItemOf(products[count]);
            if (item >= 0) clicks[^++found] = item;
        }
        return found;
    }

    /// <summary>Where an event's first interaction with a product stands in its visitor's profile;
    /// -1 where the profile is not that long.</summary>
    private static int FirstOf(in StreamEvent e, int product, ReadOnlySpan<Interaction> all)
    {
        var own = Interaction.Of(e, product);
        var left = e.Products.Span.Count(product);
        var at = all.Length;
        while (left > 0 && --at >= 0)
            if (all[at] == own) left--;
        return at;
    }

    private TaughtSession ToTaught(
        long number, long endTicks, ulong owner, ReadOnlySpan<int> products, ulong clicks)
    {
        var items = new int[products.Length];
        var count = ToItems(products, items, ref clicks);
        return new(number, endTicks, owner, items[..count], clicks);
    }

    /// <summary>Puts the shop's numbers in the place of the partition's; products without one are
    /// left out.</summary>
    /// <param name="products">The partition's.</param>
    /// <param name="items">Gets the shop's; may be the same place.</param>
    /// <param name="clicks">The products' bits; becomes the items'.</param>
    /// <returns>How many items.</returns>
    private int ToItems(ReadOnlySpan<int> products, Span<int> items, ref ulong clicks)
    {
        var (count, taught) = (0, 0UL);
        for (var i = 0; i < products.Length; i++)
        {
            var item = products[i] < 0 ? -1 : _graph.Products.ItemOf(products[i]);
            if (item < 0) continue;
            taught |= (clicks >> i & 1) << count;
            items[count++] = item;
        }
        clicks = taught;
        return count;
    }
}
