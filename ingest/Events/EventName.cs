namespace StreamCommerce.Ingest.Events;

/// <summary>The e-commerce events of Google Analytics 4 that this system understands.</summary>
/// <remarks>The numbers are part of the log's format: never change one, add at the end.</remarks>
public enum EventName : byte
{
    ViewItemList = 1,
    SelectItem = 2,
    ViewItem = 3,
    Search = 4,
    AddToCart = 5,
    RemoveFromCart = 6,
    ViewCart = 7,
    BeginCheckout = 8,
    AddShippingInfo = 9,
    AddPaymentInfo = 10,
    Purchase = 11,
    Refund = 12,
}

/// <summary>The wire form of <see cref="EventName"/>: GA4's snake case.</summary>
public static class EventNames
{
    private static readonly string[] Texts =
    [
        "", "view_item_list", "select_item", "view_item", "search", "add_to_cart",
        "remove_from_cart", "view_cart", "begin_checkout", "add_shipping_info",
        "add_payment_info", "purchase", "refund",
    ];

    private static readonly Dictionary<string, EventName> Names = Enumerable
        .Range(1, Texts.Length - 1)
        .ToDictionary(i => Texts[i], i => (EventName)i, StringComparer.Ordinal);

    /// <summary>All names, in the order of their numbers.</summary>
    public static IReadOnlyList<EventName> All { get; } = [.. Names.Values.Order()];

    /// <summary>GA4's text for a name, for example <c>view_item</c>.</summary>
    public static string ToText(this EventName name) => Texts[(int)name];

    /// <summary>Whether the number is one of the names above.</summary>
    public static bool IsKnown(EventName name) => (int)name > 0 && (int)name < Texts.Length;

    /// <summary>False where the text is no name of this system; names are case-sensitive.</summary>
    public static bool TryParse(string? text, out EventName name)
    {
        name = default;
        return text is not null && Names.TryGetValue(text, out name);
    }
}
