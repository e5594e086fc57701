
namespace StreamCommerce.Engine.Checkout;

/// <summary>What somebody wants done with an order. One of the records below.</summary>
/// <param name="Id">From the caller, unique in the order: repeated with the same content, it
/// has one effect.</param>
/// <param name="Reason">Why, for the record; null where nobody says.</param>
public abstract record OrderCommand(string Id, string? Reason);

/// <summary>The buyer came back from confirming the payment: ask the gateway.</summary>
public sealed record ResumePayment(string Id) : OrderCommand(Id, null);

/// <summary>A reviewer lets it be sold, or not.</summary>
public sealed record ReviewOrder(string Id, bool Approved, string? Reason)
    : OrderCommand(Id, Reason);

/// <summary>Undoes what has not left: all of it, or the rest of a part shipment.</summary>
public sealed record CancelOrder(string Id, string? Reason) : OrderCommand(Id, Reason);

/// <summary>Takes the held money, all or a part; the gateway lets go of the rest.</summary>
/// <param name="Id">Of the command.</param>
/// <param name="Amount">Null for all.</param>
public sealed record CapturePayment(string Id, decimal? Amount) : OrderCommand(Id, null);

/// <summary>Units leave.</summary>
/// <param name="Id">Of the command.</param>
/// <param name="Lines">Which; empty for all that has not left.</param>
public sealed record ShipOrder(string Id, IReadOnlyList<ActionLine> Lines)
    : OrderCommand(Id, null);

/// <summary>Gives money back while the order stays.</summary>
/// <param name="Id">Of the command.</param>
/// <param name="Amount">Null for all that is left.</param>
/// <param name="Reason">Why, for the record.</param>
public sealed record RefundOrder(string Id, decimal? Amount, string? Reason)
    : OrderCommand(Id, Reason);

/// <summary>Shipped units come back, into stock, and their price goes back.</summary>
/// <param name="Id">Of the command.</param>
/// <param name="Lines">Which; empty for all that has left.</param>
/// <param name="Restock">Whether they can be sold again.</param>
/// <param name="Reason">Why, for the record.</param>
public sealed record ReturnOrder(
    string Id, IReadOnlyList<ActionLine> Lines, bool Restock, string? Reason)
    : OrderCommand(Id, Reason);
