using System.Diagnostics;
using System.Globalization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Carts;

/// <summary>What becomes of a cart, and the event that tells of it.</summary>
/// <param name="Cart">The cart as it is to be stored.</param>
/// <param name="Event">What happened; null where nothing changed.</param>
public sealed record CartDecision(Cart Cart, CommerceEvent? Event);

/// <summary>The rules of carts. Pure.</summary>
public static class CartRules
{
    /// <summary>Lines of a cart: those of one event, so that an order is one event.</summary>
    public const int LineCountLimit = EventRules.LineCountLimit;

    /// <summary>Units of a line: above it a mistake, not a purchase.</summary>
    public const int QuantityLimit = 10_000;

    /// <summary>
    /// Characters of a cart's and of an operation's id: an event's id holds both, the length of
    /// the first in two digits, and two colons.
    /// </summary>
    public const int IdLengthLimit = (EventRules.IdLengthLimit - 4) / 2;

    /// <summary>The source of the events that carts tell of.</summary>
    public const string EventSource = "/shop/carts";

    /// <summary>
    /// What a command makes of a cart. The event's id follows from cart and operation, so that
    /// telling it twice is harmless.
    /// </summary>
    public static Answer<CartDecision> Decide(
        Cart? current, CartCommand command, DateTimeOffset now)
    {
        if (Check(current, command) is { } refusal) return refusal;
        var cart = current ?? new Cart(command.Cart, command.Visitor, [], 0, now);
        return command switch
        {
            AddToCart add => SetTo(cart, command, add.Sku,
                (long)cart.QuantityOf(add.Sku) + add.Quantity, add.UnitPrice, now),
            SetQuantity set => SetTo(cart, command, set.Sku, set.Quantity, set.UnitPrice, now),
            RemoveFromCart remove => SetTo(cart, command, remove.Sku, 0, null, now),
            ClearCart => Clear(cart, command, now),
            _ => throw new UnreachableException($"{command.GetType()} is no cart command."),
        };
    }

    /// <summary>
    /// The cart after units have been bought. What was put in since the checkout began stays.
    /// </summary>
    public static Cart Without(Cart cart, IEnumerable<CartLine> bought, DateTimeOffset now)
    {
        var units = bought.ToDictionary(line => line.Sku, line => line.Quantity);
        return cart with
        {
            Lines = [.. cart.Lines
                .Select(line => line with
                {
                    Quantity = line.Quantity - units.GetValueOrDefault(line.Sku),
                })
                .Where(line => line.Quantity > 0)],
            Version = cart.Version + 1,
            UpdatedAt = now,
        };
    }

    /// <summary>Why the visitor may not see or use the cart, or null.</summary>
    public static Refusal? CheckOwner(Cart? cart, VisitorId visitor) =>
        cart is null || cart.Visitor == visitor
            ? null
            : new(RefusalCode.CartOfAnother, $"Cart {cart.Id} belongs to another visitor.");

    private static Refusal? Check(Cart? current, CartCommand command)
    {
        var refusal = CheckId(command.Cart.Value, "cart id", IdLengthLimit)
            ?? CheckId(command.Operation.Value, "operation id", IdLengthLimit)
            ?? CheckId(command.Visitor.Value, "visitor id", EventRules.IdLengthLimit)
            ?? CheckOwner(current, command.Visitor);
        if (refusal is not null) return refusal;
        if (command.IfMatch is { } expected && expected != (current?.Version ?? 0))
        {
            return new(RefusalCode.VersionMismatch, $"Cart {command.Cart} is at version " +
                $"{current?.Version ?? 0}, not {expected}; read it again.");
        }
        var lowest = command is AddToCart ? 1 : 0;
        var asked = command switch
        {
            AddToCart add => (add.Sku, add.Quantity),
            SetQuantity set => (set.Sku, set.Quantity),
            _ => (default, lowest),
        };
        return asked.Quantity < lowest
            ? new(RefusalCode.InvalidQuantity,
                $"{asked.Sku}: quantity must be at least {lowest}, not {asked.Quantity}.")
            { Lines = [new(asked.Sku, asked.Quantity)] }
            : null;
    }

    private static Refusal? CheckId(string? id, string what, int limit) =>
        id is { Length: > 0 } && id.Length <= limit && !id.Any(char.IsControl)
            ? null
            : new(RefusalCode.Invalid, $"{what} must have 1 to {limit} printable characters.");

    private static Answer<CartDecision> SetTo(
        Cart cart, CartCommand command, Sku sku, long quantity, Money? price, DateTimeOffset now)
    {
        var before = cart.QuantityOf(sku);
        if (quantity == before) return new CartDecision(cart, null);
        if (quantity > QuantityLimit)
        {
            return new Refusal(RefusalCode.QuantityLimit,
                $"{sku}: {quantity} units are over the limit of {QuantityLimit} a line.")
            { Lines = [new(sku, quantity)] };
        }
        if (before == 0 && cart.Lines.Count == LineCountLimit)
        {
            return new Refusal(RefusalCode.LineLimit,
                $"Cart {cart.Id} holds {LineCountLimit} products, which is the limit.");
        }
        var lines = cart.Lines.Where(line => line.Sku != sku).ToList();
        if (quantity > 0) lines.Add(new(sku, (int)quantity));
        lines.Sort((a, b) => string.CompareOrdinal(a.Sku.Value, b.Sku.Value));
        var added = (int)quantity - before;
        return Changed(cart, command, lines,
            added > 0 ? EventName.AddToCart : EventName.RemoveFromCart,
            [new EventLine(sku, Math.Abs(added), price)], now);
    }

    private static CartDecision Clear(Cart cart, CartCommand command, DateTimeOffset now) =>
        cart.Lines.Count == 0
            ? new CartDecision(cart, null)
            : Changed(cart, command, [], EventName.RemoveFromCart,
                [.. cart.Lines.Select(line => new EventLine(line.Sku, line.Quantity))], now);

    private static CartDecision Changed(
        Cart cart, CartCommand command, IReadOnlyList<CartLine> lines, EventName name,
        EventLine[] eventLines, DateTimeOffset now) =>
        new(cart with { Lines = lines, Version = cart.Version + 1, UpdatedAt = now },
            new CommerceEvent
            {
                // The length first: both ids may hold colons, and no two pairs may read the same.
                Id = new(string.Create(CultureInfo.InvariantCulture,
                    $"{command.Cart.Value.Length}:{command.Cart}:{command.Operation}")),
                Source = EventSource,
                Name = name,
                Time = now,
                Visitor = command.Visitor,
                Customer = command.Customer,
                Session = command.Session,
                Region = command.Region,
                Channel = command.Channel,
                Lines = eventLines,
            });
}
