using System.Text.Json.Serialization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// What is known of an attempt to buy when it is screened. What is null is not known, and no rule
/// about it fires.
/// </summary>
public sealed record ScreeningRequest
{
    /// <summary>The order that would be placed: an attempt is counted once an order.</summary>
    public required OrderId Order { get; init; }

    /// <summary>Who buys: see <see cref="AccountOf"/>.</summary>
    public required string Account { get; init; }

    /// <summary>The order's total.</summary>
    public required Money Amount { get; init; }

    /// <summary>When it is screened, by the caller's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The gateway's fingerprint of the card, the same for the same card; never its
    /// number.</summary>
    public string? Card { get; init; }

    /// <summary>The buyer's address on the internet, IPv4 or IPv6 as text.</summary>
    public string? Ip { get; init; }

    /// <summary>The storefront's id of the buyer's device.</summary>
    public string? Device { get; init; }

    /// <summary>As the buyer wrote it; counters keep only a hash of its plain form.</summary>
    public string? Email { get; init; }

    /// <summary>Where it is sold, on a marketplace or in a store: a seller, a till, a terminal.
    /// </summary>
    public string? Terminal { get; init; }

    /// <summary>ISO 3166-1, two letters.</summary>
    public string? BillingCountry { get; init; }

    /// <summary>ISO 3166-1, two letters.</summary>
    public string? ShippingCountry { get; init; }

    /// <summary>Where <see cref="Ip"/> is, said by whoever knows: ISO 3166-1, two letters.
    /// </summary>
    public string? IpCountry { get; init; }

    public string? BillingPostalCode { get; init; }

    public string? ShippingPostalCode { get; init; }

    /// <summary>Units of all lines.</summary>
    public int? Units { get; init; }

    /// <summary>How long the account has been there.</summary>
    public TimeSpan? AccountAge { get; init; }

    /// <summary>The account of a customer, or of a visitor who has not signed in; the two never
    /// have the same name.</summary>
    public static string AccountOf(CustomerId? customer, VisitorId visitor) =>
        customer is { } known ? $"customer:{known}" : $"visitor:{visitor}";
}

/// <summary>What became of an attempt, learned later.</summary>
/// <remarks>Stored by name with orders: add new ones at the end, never rename one.</remarks>
[JsonConverter(typeof(CamelCaseEnumConverter<ScreeningOutcome>))]
public enum ScreeningOutcome
{
    /// <summary>The gateway declined the payment.</summary>
    Declined,

    /// <summary>It was fraud: charged back, or a reviewer said so.</summary>
    Fraud,

    /// <summary>It was not fraud: a reviewer let it pass.</summary>
    Cleared,
}

/// <summary>An attempt of the past with all that is known of it, to rebuild the counters from.
/// </summary>
/// <param name="Request">What was screened.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="Outcomes">What became of it, and when that was learned, in the order of time.
/// </param>
public sealed record PastScreening(
    ScreeningRequest Request, FraudDecision Decision, IReadOnlyList<LearnedOutcome> Outcomes);

/// <summary>An outcome and when it was learned.</summary>
public readonly record struct LearnedOutcome(ScreeningOutcome Outcome, DateTimeOffset At);
