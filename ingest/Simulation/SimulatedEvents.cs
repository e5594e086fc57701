using System.Globalization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>Makes the events of a run, each labelled as simulated. Immutable.</summary>
internal sealed class SimulatedEvents(int seed)
{
    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"sim-{seed}-");

    public CommerceEvent Make(
        long number, DateTimeOffset at, ShopperIdentity shopper, EventName name,
        EventLine[] lines, IReadOnlyDictionary<string, string>? parameters = null,
        OrderId? order = null) => new()
        {
            Id = new EventId(string.Create(CultureInfo.InvariantCulture, $"{_prefix}{number}")),
            Source = ShopperSimulator.Source,
            Name = name,
            Time = at,
            Visitor = shopper.Visitor,
            Customer = shopper.Customer,
            Session = shopper.Session,
            Order = order,
            Region = shopper.Region,
            Channel = shopper.Channel,
            Lines = lines,
            Parameters = parameters,
        };

    /// <summary>The event that carrying an action out would publish; null where none.</summary>
    public CommerceEvent? Of(ShopperAction action) => action switch
    {
        ShopperAction.SendEvent sent => sent.Event,
        ShopperAction.AddToCart add => Make(
            add.Number, add.At, add.Shopper, EventName.AddToCart, [add.Line]),
        ShopperAction.RemoveFromCart remove => Make(
            remove.Number, remove.At, remove.Shopper, EventName.RemoveFromCart, [remove.Line]),
        ShopperAction.Checkout checkout => Make(
            checkout.Number, checkout.At, checkout.Shopper, EventName.Purchase,
            checkout.Lines, order: checkout.Order),
        ShopperAction.ReturnOrder back => Make(
            back.Number, back.At, back.Shopper, EventName.Refund, back.Lines, order: back.Order),
        _ => null,
    };
}
