namespace StreamCommerce.Ingest.Events;

/// <summary>What is wrong with an event, or with one field of it.</summary>
/// <param name="Field">The field, as a JSON Pointer (RFC 6901) into the event.</param>
/// <param name="Detail">What is wrong and what would be right, a sentence for the sender.</param>
public sealed record EventProblem(string Field, string Detail);

/// <summary>The rules that an event must keep, with every limit and its reason.</summary>
public static class EventRules
{
    /// <summary>Characters of an id or a region: longer ones are data in the wrong field.</summary>
    public const int IdLengthLimit = 128;

    /// <summary>Lines of an event: GA4's limit for items.</summary>
    public const int LineCountLimit = 200;

    /// <summary>Units of a line: above it, an overflow or a typing error, not a sale.</summary>
    public const int QuantityLimit = 1_000_000;

    /// <summary>Amount of a unit price: keeps every sum of an event far inside decimal.</summary>
    public const decimal PriceLimit = 1_000_000_000_000m;

    /// <summary>Parameters of an event: GA4's limit.</summary>
    public const int ParameterCountLimit = 25;

    /// <summary>Characters of a parameter's name: GA4's limit.</summary>
    public const int ParameterNameLengthLimit = 40;

    /// <summary>Characters of a parameter's text.</summary>
    public const int ParameterLengthLimit = 500;

    /// <summary>Bytes of an event as JSON.</summary>
    public const int EventBytesLimit = 64 * 1024;

    /// <summary>Events of a batch.</summary>
    public const int BatchCountLimit = 1_000;

    /// <summary>Bytes of a batch.</summary>
    public const int BatchBytesLimit = 8 * 1024 * 1024;

    /// <summary>How far a sender's clock may run ahead.</summary>
    public static readonly TimeSpan FutureLimit = TimeSpan.FromMinutes(5);

    /// <summary>The first rule that the event breaks, or null where it keeps all.</summary>
    /// <param name="e">The event.</param>
    /// <param name="now">The receiver's clock.</param>
    /// <param name="retention">Older events are refused; null where none is too old.</param>
    public static EventProblem? Check(CommerceEvent e, DateTimeOffset now, TimeSpan? retention) =>
        CheckId("/id", e.Id.Value)
        ?? CheckId("/source", e.Source)
        ?? CheckTime(e.Time, now, retention)
        ?? CheckId("/data/visitorId", e.Visitor.Value)
        ?? CheckOptionalId("/data/customerId", e.Customer?.Value)
        ?? CheckOptionalId("/data/sessionId", e.Session?.Value)
        ?? CheckOptionalId("/data/orderId", e.Order?.Value)
        ?? CheckOptionalId("/data/region", e.Region)
        ?? CheckOptionalId("/data/channel", e.Channel)
        ?? CheckParameters(e.Parameters)
        ?? CheckNeeded(e)
        ?? CheckLines(e.Lines);

    private static EventProblem? CheckId(string field, string? text)
    {
        if (string.IsNullOrEmpty(text)) return new(field, "is required and must not be empty.");
        if (text.Length > IdLengthLimit)
        {
            return new(field,
                $"has {text.Length} characters; at most {IdLengthLimit} are allowed.");
        }
        foreach (var c in text)
        {
            if (char.IsControl(c))
                return new(field, "holds a control character; send printable text.");
        }
        return null;
    }

    private static EventProblem? CheckOptionalId(string field, string? text) =>
        text is null ? null : CheckId(field, text);

    private static EventProblem? CheckTime(
        DateTimeOffset time, DateTimeOffset now, TimeSpan? retention)
    {
        if (time > now + FutureLimit)
        {
            return new("/time", $"is {time:O}, more than {FutureLimit.TotalMinutes:0} minutes " +
                $"ahead of the server's {now:O}; set the sender's clock.");
        }
        return retention is { } kept && time < now - kept
            ? new("/time", $"is {time:O}, older than the {kept.TotalDays:0.#} days that are kept.")
            : null;
    }

    private static EventProblem? CheckNeeded(CommerceEvent e)
    {
        if (e.Name is (EventName.Purchase or EventName.Refund) && e.Order is null)
            return new("/data/orderId", $"is required for {e.Name.ToText()}.");
        var needsLine = e.Name is EventName.ViewItem or EventName.SelectItem or EventName.AddToCart
            or EventName.RemoveFromCart or EventName.Purchase;
        return needsLine && e.Lines.Length == 0
            ? new("/data/items", $"must hold at least one item for {e.Name.ToText()}.")
            : null;
    }

    private static EventProblem? CheckParameters(IReadOnlyDictionary<string, string>? parameters)
    {
        if (parameters is null) return null;
        if (parameters.Count > ParameterCountLimit)
        {
            return new("/data/parameters",
                $"holds {parameters.Count} parameters; at most {ParameterCountLimit} are allowed.");
        }
        foreach (var (name, text) in parameters)
        {
            if (name.Length is 0 or > ParameterNameLengthLimit)
            {
                return new("/data/parameters", $"has the name '{name}'; a name has 1 to " +
                    $"{ParameterNameLengthLimit} characters.");
            }
            if (text is null || text.Length > ParameterLengthLimit)
            {
                return new($"/data/parameters/{name}",
                    $"must be a text of at most {ParameterLengthLimit} characters.");
            }
        }
        return null;
    }

    private static EventProblem? CheckLines(EventLine[] lines)
    {
        if (lines.Length > LineCountLimit)
        {
            return new("/data/items", $"holds {lines.Length} items; at most {LineCountLimit} are " +
                "allowed. Send the rest as further events with the same orderId and " +
                $"the parameter {CommerceEvent.OrderPartParameter}.");
        }
        Currency? currency = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (CheckId($"/data/items/{i}/productId", line.Sku.Value) is { } problem)
                return problem;
            if (line.Quantity is < 1 or > QuantityLimit)
            {
                return new($"/data/items/{i}/quantity",
                    $"is {line.Quantity}; it must be 1 to {QuantityLimit}.");
            }
            if (line.UnitPrice is not { } price) continue;
            if (price.Amount is < 0 or > PriceLimit)
            {
                return new($"/data/items/{i}/price",
                    $"is {price.Amount}; it must be 0 to {PriceLimit}.");
            }
            if (currency is { } first && first != price.Currency)
            {
                return new($"/data/items/{i}/currency", $"is {price.Currency}, but an earlier " +
                    $"item is in {first}; an event has one currency.");
            }
            currency = price.Currency;
        }
        return null;
    }
}
