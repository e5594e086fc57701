using StreamCommerce.Api.Products;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Checkout;

/// <summary>A product of an order, priced as it was at that moment.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Title">Its title then.</param>
/// <param name="Quantity">Units.</param>
/// <param name="UnitPrice">Price of one unit then.</param>
/// <param name="Discount">What promotions take off the line; absent where none does.</param>
/// <param name="Tax">Tax of the line; absent where there is none.</param>
/// <param name="Total">What is paid for the line.</param>
/// <param name="ShipsFrom">Where its units ship from; absent where there is one place only.
/// </param>
/// <param name="Components">What one unit of a bundle was made of then; absent where it is no
/// bundle.</param>
/// <param name="Shipped">Units that have left; absent where none has.</param>
/// <param name="Cancelled">Units that will not leave; absent where there are none.</param>
/// <param name="Returned">Units that came back; absent where there are none.</param>
public sealed record OrderLineView(
    string ProductId,
    string Title,
    int Quantity,
    Money UnitPrice,
    Money? Discount,
    Money? Tax,
    Money Total,
    IReadOnlyList<ShipsFromView>? ShipsFrom,
    IReadOnlyList<ComponentView>? Components,
    int? Shipped,
    int? Cancelled,
    int? Returned);

/// <summary>Units that ship from a place.</summary>
/// <param name="Location">The place.</param>
/// <param name="Quantity">Units; of a component, those of the whole order.</param>
/// <param name="ProductId">The component of a bundle; absent where it is no bundle.</param>
public sealed record ShipsFromView(string Location, int Quantity, string? ProductId = null);

/// <summary>The money of an order.</summary>
/// <param name="Authorized">What a gateway holds or held for it.</param>
/// <param name="Captured">What was taken.</param>
/// <param name="Refunded">What was given back.</param>
/// <param name="Pending">Whether a gateway's answer is outstanding.</param>
/// <param name="ActionToken">What the gateway's script needs for the buyer to confirm; absent
/// where nothing is asked of the buyer.</param>
/// <param name="ActionUrl">Where to send the buyer to confirm instead.</param>
public sealed record PaymentView(
    Money Authorized,
    Money Captured,
    Money Refunded,
    bool Pending,
    string? ActionToken,
    Uri? ActionUrl);

/// <summary>What was bought, or was tried to be.</summary>
/// <param name="Id">The order.</param>
/// <param name="State">Where it is.</param>
/// <param name="VisitorId">Who bought.</param>
/// <param name="CustomerId">The signed-in customer.</param>
/// <param name="Region">The market.</param>
/// <param name="Channel">The sales channel.</param>
/// <param name="Lines">What.</param>
/// <param name="Total">What is paid.</param>
/// <param name="Price">How the total is made up; absent where it is the lines' prices alone.
/// </param>
/// <param name="Payment">The money; absent where nothing is to pay.</param>
/// <param name="Reason">Why it failed or was cancelled.</param>
/// <param name="StartedAt">When the buyer asked.</param>
/// <param name="PlacedAt">When it was bought; absent where it was not.</param>
public sealed record OrderView(
    string Id,
    string State,
    string VisitorId,
    string? CustomerId,
    string? Region,
    string? Channel,
    IReadOnlyList<OrderLineView> Lines,
    Money Total,
    PriceView? Price,
    PaymentView? Payment,
    string? Reason,
    DateTimeOffset StartedAt,
    DateTimeOffset? PlacedAt)
{
    internal static OrderView Of(Order order) => new(
        order.Id.Value,
        StateText(order.State),
        order.Terms.Visitor.Value,
        order.Terms.Customer?.Value,
        order.Terms.Region,
        order.Terms.Channel,
        LinesOf(order, order.Progress.Actions.Count > 0),
        order.Total,
        PriceView.Of(order.Terms.Quote),
        PaymentOf(order),
        order.Progress.Refusal?.Detail,
        order.Terms.StartedAt,
        order.Progress.PlacedAt);

    /// <summary>The order as its buyer's first request was told of it.</summary>
    internal static OrderView Of(CheckoutAnswer answer)
    {
        var order = answer.Order;
        if (answer.State == order.State && order.Progress.Actions.Count == 0) return Of(order);
        var zero = Money.Zero(order.Total.Currency);
        var isPlaced = answer.State is OrderState.Placed or OrderState.Confirmed;
        var asked = answer.State == OrderState.ActionRequired
            ? order.Payments.LastOrDefault(one => one.ActionToken is not null) : null;
        return Of(order) with
        {
            State = StateText(answer.State),
            Lines = LinesOf(order, withActions: false),
            // A reviewer decided before anything was asked of a gateway.
            Payment = answer.State == OrderState.InReview ? null : PaymentOf(order) is not { } now
                ? null : now with
                {
                    Authorized = isPlaced ? order.Total : zero,
                    Captured = answer.State == OrderState.Confirmed ? order.Total : zero,
                    Refunded = zero,
                    // Then the answer to the capture was awaited, or to the authorization.
                    Pending = answer.State == OrderState.Authorizing
                    || (answer.State == OrderState.Placed
                        && order.Terms.Capture == CaptureMode.Now),
                    ActionToken = asked?.ActionToken,
                    ActionUrl = asked?.ActionUrl,
                },
            Reason = null,
            PlacedAt = isPlaced ? order.Progress.PlacedAt : null,
        };
    }

    /// <summary>A state as programs read it: <c>partlyShipped</c>.</summary>
    internal static string StateText(OrderState state) => state switch
    {
        // The hot ones without work.
        OrderState.Confirmed => "confirmed",
        OrderState.Placed => "placed",
        _ => string.Concat(char.ToLowerInvariant(state.ToString()[0]), state.ToString()[1..]),
    };

    private static OrderLineView[] LinesOf(Order order, bool withActions)
    {
        var lines = new OrderLineView[order.Lines.Count];
        for (var i = 0; i < lines.Length; i++)
        {
            var line = order.Lines[i];
            int? Units(OrderActionKind kind) =>
                withActions && order.UnitsOf(line.Sku, kind) is > 0 and var units ? units : null;
            lines[i] = new(
                line.Sku.Value, line.Title, line.Quantity, line.UnitPrice,
                MoneyViews.OrNull(line.Discount),
                MoneyViews.OrNull(line.Tax),
                line.Total,
                OriginsOf(order, line.Sku),
                ComponentView.Of(BundleRules.Find(order.Terms.Bundles, line.Sku)?.Components),
                Units(OrderActionKind.Shipped),
                Units(OrderActionKind.Cancelled),
                Units(OrderActionKind.Returned));
        }
        return lines;
    }

    private static IReadOnlyList<ShipsFromView>? OriginsOf(Order order, Sku sku)
    {
        if (order.Progress.ShipsFrom.Count == 0) return null;
        var bundle = BundleRules.Find(order.Terms.Bundles, sku);
        return bundle is null
            ? [.. order.Progress.ShipsFrom.Where(from => from.Sku == sku)
                .Select(from => new ShipsFromView(from.Location, from.Quantity))]
            : [.. order.Progress.ShipsFrom
                .Where(from => bundle.Components.Any(part => part.Sku == from.Sku))
                .Select(from => new ShipsFromView(
                    from.Location, from.Quantity, from.Sku.Value))];
    }

    private static PaymentView? PaymentOf(Order order)
    {
        if (order.Payments.Count == 0) return null;
        var amounts = PaymentAmounts.Of(order.Total.Currency, order.Payments);
        var waiting = order.State == OrderState.ActionRequired ? order.Payments[^1] : null;
        return new(
            amounts.Authorized, amounts.Captured, amounts.Refunded, amounts.IsUncertain,
            waiting?.ActionToken, waiting?.ActionUrl);
    }
}

/// <summary>The last orders.</summary>
/// <param name="Orders">Newest first.</param>
public sealed record OrderList(IReadOnlyList<OrderView> Orders);
