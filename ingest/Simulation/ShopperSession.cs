using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// One visit: a walk by <see cref="SessionWalk"/> over the products that the shopper's taste and
/// their popularity put before him. Each step yields one action.
/// </summary>
internal sealed class ShopperSession : SimulatedProcess
{
    private const int ShownCount = 4;
    private const int CartLineLimit = 20;
    private const double LongPauseShare = 0.01;

    // Under the half hour that ends a session, so that the number of sessions is well defined.
    private static readonly (int From, int To) LongPauseMs = (120_000, 1_500_000);

    private readonly ShopperRun _run;
    private readonly Shopper _shopper;
    private readonly SessionCart _cart;
    private readonly int[] _shown = new int[ShownCount];
    private ShopperIdentity _identity;
    private Step _step;
    private int _product;
    private int _steps;

    public ShopperSession(ShopperRun run, Shopper shopper, SessionId? id, int? landing)
    {
        _run = run;
        _shopper = shopper;
        _cart = new SessionCart(run, run.Carts.Take(shopper.Number));
        // Half of the customers are still signed in from the last time.
        var customer = run.Random.Chance(0.5) ? shopper.Account : null;
        _identity = new ShopperIdentity(
            shopper.Visitor, customer, id, shopper.Region, shopper.Channel);
        _step = landing is null ? SessionWalk.First(!_cart.IsEmpty, run.Random) : Step.View;
        _product = landing ?? DrawProduct(shopper.DrawCategory(run.Random));
        Array.Fill(_shown, _product);
    }

    private SeededRandom Random => _run.Random;

    public override Turn Act(long now)
    {
        var action = Take(_step, _run.TimeAt(now), now);
        _steps++;
        var next = _steps < SessionWalk.StepLimit
            ? SessionWalk.Next(_step, Desire(), !_cart.IsEmpty, Random)
            : Step.Leave;
        if (next == Step.Add && _cart.Lines.Count >= CartLineLimit) next = Step.Cart;
        if (next == Step.Leave)
        {
            _run.Farewell(_shopper, _cart.Lines);
            return new Turn(action, Turn.Never);
        }
        var pause = Pause(_step, next);
        _step = next;
        return new Turn(action, now + pause);
    }

    private ShopperAction Take(Step step, DateTimeOffset at, long now)
    {
        switch (step)
        {
            case Step.List:
                var category = Show(_shopper.DrawCategory(Random));
                return Send(at, EventName.ViewItemList, ShownLines(), _run.ListNames[category]);
            case Step.Search:
                Show(_shopper.DrawCategory(Random));
                var term = _run.SearchTerms[DrawShown()];
                return Send(at, EventName.Search, [], term);
            case Step.Select:
                _product = Better(DrawShown(), DrawShown());
                return Send(at, EventName.SelectItem, [_run.Line(_product, 1)]);
            case Step.View:
                // What is shown beside a product is like it.
                Show(_run.Catalogue.Products[_product].Category);
                return Send(at, EventName.ViewItem, [_run.Line(_product, 1)]);
            case Step.Add:
                return new ShopperAction.AddToCart(
                    _run.NextNumber(), at, _identity, _cart.Add(_product, DrawQuantity()));
            case Step.Remove:
                return new ShopperAction.RemoveFromCart(
                    _run.NextNumber(), at, _identity, _cart.RemoveAny());
            case Step.Cart:
                return Send(at, EventName.ViewCart, _cart.Quote());
            case Step.Begin:
                _identity = _identity with { Customer = _shopper.Account };
                return Send(at, EventName.BeginCheckout, _cart.Quote());
            case Step.Shipping:
                return Send(at, EventName.AddShippingInfo, _cart.LastQuote, _run.DrawShipping());
            case Step.Payment:
                return Send(at, EventName.AddPaymentInfo, _cart.LastQuote, _run.DrawPayment());
            default:
                return Buy(at, now);
        }
    }

    private ShopperAction.Checkout Buy(DateTimeOffset at, long now)
    {
        var lines = _cart.LastQuote;
        var order = _run.NextOrder();
        var action = new ShopperAction.Checkout(_run.NextNumber(), at, _identity, order, lines);
        _cart.Clear();
        _run.PlanReturn(now, _identity, order, lines);
        return action;
    }

    private ShopperAction.SendEvent Send(
        DateTimeOffset at, EventName name, EventLine[] lines,
        IReadOnlyDictionary<string, string>? parameters = null)
    {
        var number = _run.NextNumber();
        return new ShopperAction.SendEvent(
            number, at, _run.Events.Make(number, at, _identity, name, lines, parameters));
    }

    private int Show(int category)
    {
        for (var i = 0; i < ShownCount; i++) _shown[i] = DrawProduct(category);
        return category;
    }

    private int DrawShown() => _shown[Random.Below(ShownCount)];

    // A list names its products but not their prices: it is the most frequent event by bytes.
    private EventLine[] ShownLines() =>
        Array.ConvertAll(_shown, product => new EventLine(_run.Catalogue.Products[product].Sku, 1));

    /// <summary>By popularity, tilted by taste: what does not please is passed over.</summary>
    private int DrawProduct(int category)
    {
        var product = _run.Catalogue.Draw(category, Random);
        for (var tries = 0; tries < 2; tries++)
        {
            if (Random.Chance(0.3 + (0.7 * MatchOf(product)))) break;
            product = _run.Catalogue.Draw(category, Random);
        }
        return product;
    }

    private int Better(int left, int right) => MatchOf(left) >= MatchOf(right) ? left : right;

    private float MatchOf(int product) =>
        Tastes.Match(_shopper.Taste, _run.Catalogue.Products[product].Taste.Span);

    private double Desire()
    {
        if (_step != Step.View) return 1;
        var offer = _run.Sale?.Product == _product ? 2.5 : 1;
        return offer * (0.5 + Math.Max(0, MatchOf(_product)));
    }

    private int DrawQuantity() => Random.NextDouble() switch
    {
        < 0.85 => 1,
        < 0.95 => 2,
        _ => 3,
    };

    private long Pause(Step before, Step after)
    {
        // The page that was chosen opens at once; all else takes reading or typing.
        if (before == Step.Select && after == Step.View) return 200 + Random.Below(1_500);
        return Random.Chance(LongPauseShare)
            ? LongPauseMs.From + Random.Below(LongPauseMs.To - LongPauseMs.From)
            : 1_000 + (long)Random.Exponential(20_000);
    }
}
