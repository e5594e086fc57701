using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// One run of the simulation: a discrete-event simulation, in which a queue wakes sessions,
/// arrivals, flash sales and returns in the order of time. What it yields depends on the seed,
/// the options and the catalogue alone, not on how often or how far it is asked.
/// </summary>
/// <remarks>
/// Bounded: sessions, returns and abandoned carts by <see cref="SimulatorOptions"/>, late events
/// by <see cref="LateEventLimit"/>; nothing else is kept. One thread at a time.
/// </remarks>
public sealed class ShopperRun
{
    /// <summary>Late events at one time; above it, events come in time.</summary>
    public const int LateEventLimit = 10_000;

    private readonly SimulatorOptions _options;
    private readonly ShopperPopulation _population;
    private readonly PriorityQueue<SimulatedProcess, Due> _queue = new();
    private readonly HashSet<long> _present = [];
    private readonly ShopperSimulator _simulator;
    private long _asked;
    private long _actions;
    private long _sessions;
    private long _orders;
    private int _late;

    internal ShopperRun(ShopperSimulator simulator)
    {
        _simulator = simulator;
        _options = simulator.Options;
        _population = new ShopperPopulation(simulator.Catalogue, _options);
        Random = new SeededRandom(_options.Seed, StreamPurpose.Run);
        Carts = new AbandonedCarts(_options.AbandonedCartLimit);
        Events = new SimulatedEvents(_options.Seed);
        var arrivals = new Arrivals(this, _options);
        Wake(arrivals, arrivals.Gap());
        if (_options.FlashSalesPerDay == 0) return;
        var sales = new FlashSales(this, _options);
        Wake(sales, sales.Gap());
    }

    /// <summary>
    /// Sessions under way, at most <see cref="SimulatorOptions.ActiveSessionLimit"/>.
    /// </summary>
    public int ActiveSessionCount => _present.Count;

    /// <summary>
    /// Returns to come, at most <see cref="SimulatorOptions.PendingReturnLimit"/>.
    /// </summary>
    public int PendingReturnCount { get; private set; }

    /// <summary>
    /// Abandoned carts, at most <see cref="SimulatorOptions.AbandonedCartLimit"/>.
    /// </summary>
    public int AbandonedCartCount => Carts.Count;

    /// <summary>
    /// Shoppers who found <see cref="SimulatorOptions.ActiveSessionLimit"/> reached.
    /// </summary>
    public long TurnedAwayCount { get; private set; }

    /// <summary>Visitors who have come so far.</summary>
    public long VisitorCount { get; private set; }

    internal SimulatedCatalogue Catalogue => _simulator.Catalogue;

    internal SimulatedEvents Events { get; }

    internal SeededRandom Random { get; }

    internal AbandonedCarts Carts { get; }

    internal FlashSale? Sale { get; set; }

    internal IReadOnlyDictionary<string, string>[] ListNames => _simulator.ListNames;

    internal IReadOnlyDictionary<string, string>[] SearchTerms => _simulator.SearchTerms;

    /// <summary>The next action due, in the order of time.</summary>
    /// <param name="until">The simulation's time; later actions wait for a later call.</param>
    /// <param name="action">The action, or null.</param>
    /// <returns>False where nothing more is due until then.</returns>
    public bool TryNext(DateTimeOffset until, [NotNullWhen(true)] out ShopperAction? action)
    {
        var last = (until - _options.Start).Ticks / TimeSpan.TicksPerMillisecond;
        while (_queue.TryPeek(out var process, out var due) && due.Time <= last)
        {
            var turn = process.Act(due.Time);
            // Whatever was woken meanwhile comes later, so the process is still the first.
            if (turn.Next == Turn.Never) _queue.Dequeue();
            else _queue.DequeueEnqueue(process, new Due(turn.Next, ++_asked));

            if (turn.Action is null) continue;
            if (process is ShopperSession && IsHeldBack(turn.Action, due.Time)) continue;
            action = turn.Action;
            return true;
        }
        action = null;
        return false;
    }

    internal DateTimeOffset TimeAt(long ms) =>
        new(_options.Start.UtcTicks + (ms * TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    internal long NextNumber() => ++_actions;

    internal OrderId NextOrder() => new(string.Create(
        CultureInfo.InvariantCulture, $"sim-order-{_options.Seed}-{++_orders}"));

    internal EventLine Line(int product, int quantity)
    {
        var one = Catalogue.Products[product];
        return new EventLine(
            one.Sku, quantity, Sale?.Product == product ? Sale.Price : one.BasePrice);
    }

    /// <summary>A shopper comes: somebody new, or one who has been here before.</summary>
    internal void Welcome(long now, bool onSale)
    {
        if (_present.Count >= _options.ActiveSessionLimit)
        {
            TurnedAwayCount++;
            return;
        }
        var visitor = DrawVisitor();
        _present.Add(visitor);
        _sessions++;
        SessionId? id = Random.Chance(_options.NoSessionIdShare) ? null : new SessionId(
            string.Create(
                CultureInfo.InvariantCulture, $"sim-session-{_options.Seed}-{_sessions}"));
        var landing = onSale ? Sale?.Product : null;
        Wake(new ShopperSession(this, _population.Get(visitor), id, landing), now);
    }

    /// <summary>A session has ended; what is in the cart is left behind.</summary>
    internal void Farewell(Shopper shopper, List<CartLine> cart)
    {
        _present.Remove(shopper.Number);
        if (cart.Count > 0) Carts.Leave(shopper.Number, cart);
    }

    internal void PlanReturn(
        long now, ShopperIdentity shopper, OrderId order, EventLine[] lines)
    {
        if (!Random.Chance(_options.ReturnShare)) return;
        if (PendingReturnCount >= _options.PendingReturnLimit) return;
        PendingReturnCount++;
        var back = PendingReturn.DrawLines(lines, Random);
        var at = now + PendingReturn.DrawDelay(Random);
        Wake(new PendingReturn(this, shopper with { Session = null }, order, back), at);
    }

    internal void ReturnDone() => PendingReturnCount--;

    internal void LateEventSent() => _late--;

    internal IReadOnlyDictionary<string, string> DrawShipping() =>
        ShopperSimulator.ShippingTiers[Random.Below(ShopperSimulator.ShippingTiers.Length)];

    internal IReadOnlyDictionary<string, string> DrawPayment() =>
        ShopperSimulator.PaymentTypes[Random.Below(ShopperSimulator.PaymentTypes.Length)];

    private void Wake(SimulatedProcess process, long at) =>
        _queue.Enqueue(process, new Due(at, ++_asked));

    private long DrawVisitor()
    {
        if (VisitorCount > 0 && Random.Chance(_options.ReturningShare))
        {
            // The square makes the latest visitors the likeliest to return.
            var u = Random.NextDouble();
            var visitor = VisitorCount - 1 - (long)(VisitorCount * u * u);
            // Nobody is in the shop twice: his cart would change under his hands.
            if (!_present.Contains(visitor)) return visitor;
        }
        return VisitorCount++;
    }

    private bool IsHeldBack(ShopperAction action, long now)
    {
        if (_options.LateShare == 0 || action is not ShopperAction.SendEvent sent) return false;
        if (_late >= LateEventLimit || !Random.Chance(_options.LateShare)) return false;
        _late++;
        var limit = (int)_options.LatenessLimit.TotalMilliseconds;
        Wake(new LateEvent(this, sent), now + 1 + Random.Below(limit));
        return true;
    }
}
