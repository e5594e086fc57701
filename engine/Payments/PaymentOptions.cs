using System.ComponentModel.DataAnnotations;

namespace StreamCommerce.Engine.Payments;

/// <summary>How payments are made. Configuration section <c>Payments</c>.</summary>
public sealed class PaymentOptions : IValidatableObject
{
    /// <summary>The configuration section, which the messages name.</summary>
    public const string Section = "Payments";

    /// <summary>Where there is no configuration: one sandbox.</summary>
    public const string SandboxName = "sandbox";

    /// <summary>The gateways; one sandbox where none is named.</summary>
    public IList<GatewayOptions> Gateways { get; init; } = [];

    /// <summary>Authorizations attempted for one order, on all gateways; default 4. Card networks
    /// fine shops that keep asking.</summary>
    [Range(1, 15)]
    public int AttemptLimit { get; set; } = 4;

    /// <summary>No further gateway is tried for an order this long after the first; default 45 s:
    /// a buyer waits no longer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan OrderBudget { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long one call to a gateway may take; default 20 s, as banks do.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:02:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a call is repeated that certainly did nothing; default 2.</summary>
    [Range(0, 10)]
    public int RetryLimit { get; set; } = 2;

    /// <summary>The pause before the first repetition, doubled for each further one; default
    /// 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:30")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The time over which a gateway's success rate is taken; default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan SuccessWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The least share of orders that a working gateway gets, so that one that has become
    /// better is found; default 0.01.</summary>
    [Range(0.0, 0.2)]
    public double HedgeShare { get; set; } = 0.01;

    /// <summary>The share of calls without a usable answer that opens a gateway's circuit
    /// breaker; default 0.5.</summary>
    [Range(0.05, 1.0)]
    public double BreakerFailureShare { get; set; } = 0.5;

    /// <summary>Calls within <see cref="BreakerWindow"/> before the breaker judges; default 20.
    /// </summary>
    [Range(2, 10_000)]
    public int BreakerThroughput { get; set; } = 20;

    /// <summary>The time over which the breaker counts; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an open breaker holds calls off before a probe; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Age at which a webhook's signature is refused; default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00")]
    public TimeSpan WebhookTolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The gateways that there are: those of the configuration, or the sandbox.</summary>
    public IReadOnlyList<GatewayOptions> GatewaysOrSandbox() => Gateways.Count > 0
        ? [.. Gateways] : [new() { Name = SandboxName, Kind = GatewayKind.Sandbox }];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Gateways.Count; i++)
        {
            var gateway = Gateways[i];
            foreach (var fault in gateway.Faults())
                yield return new(fault.Detail, [$"Gateways:{i}:{fault.Key}"]);
            if (!names.Add(gateway.Name))
            {
                yield return new($"'{gateway.Name}' is the name of another gateway, too.",
                    [$"Gateways:{i}:Name"]);
            }
        }
    }
}

/// <summary>Which adapter talks to a gateway.</summary>
public enum GatewayKind
{
    /// <summary>Inside this process, for tests and demonstrations; no money moves.</summary>
    Sandbox,

    /// <summary>Stripe, or what speaks its API.</summary>
    Stripe,
}

/// <summary>A gateway of the configuration.</summary>
public sealed class GatewayOptions
{
    private const int NameLengthLimit = 32;

    /// <summary>Its name: in operations, in the webhook's path; 1 to 32 of a–z, 0–9 and '-'. Do not
    /// rename a gateway that orders were paid with.</summary>
    public string Name { get; set; } = "";

    /// <summary>Which adapter.</summary>
    public GatewayKind Kind { get; set; }

    /// <summary>Stripe: another address than its own.</summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>Stripe: the secret key.</summary>
    public string? Key { get; set; }

    /// <summary>The secret that signs webhooks; without one they are refused.</summary>
    public string? WebhookSecret { get; set; }

    /// <summary>Its share of the traffic beside other gateways, all else being equal; default 1;
    /// 0 takes it out of routing, while orders that it has paid keep it.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>What it takes of an amount, in percent; default 0.</summary>
    public decimal CostPercent { get; set; }

    /// <summary>What it takes of every payment, in the payment's currency; default 0.</summary>
    public decimal CostFixed { get; set; }

    /// <summary>ISO 4217 codes that it takes; all where empty.</summary>
    public IList<string> Currencies { get; init; } = [];

    /// <summary>ISO 3166-1 codes of buyers that it takes; all where empty.</summary>
    public IList<string> Countries { get; init; } = [];

    /// <summary>Brands of cards, in lower case, that it takes; all where empty.</summary>
    public IList<string> Brands { get; init; } = [];

    /// <summary>The least amount that it takes.</summary>
    public decimal? AmountFrom { get; set; }

    /// <summary>The greatest amount that it takes.</summary>
    public decimal? AmountTo { get; set; }

    /// <summary>Sandbox: the folder of its ledger, which survives this process; default
    /// <c>sandbox/NAME</c> in the data folder; in memory only where it is empty.</summary>
    public string? Journal { get; set; }

    /// <summary>Sandbox: operations that its ledger keeps; default 2,000,000, some 0.5 GB.
    /// </summary>
    public int LedgerLimit { get; set; } = 2_000_000;

    /// <summary>Sandbox: how long a slow card takes; default 3 s.</summary>
    public TimeSpan SlowAnswer { get; set; } = TimeSpan.FromSeconds(3);

    internal IEnumerable<(string Key, string Detail)> Faults()
    {
        if (Name.Length is 0 or > NameLengthLimit
            || Name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
            yield return (nameof(Name), "must be 1 to 32 of a-z, 0-9 and '-'.");
        if (Kind == GatewayKind.Stripe && string.IsNullOrEmpty(Key))
            yield return (nameof(Key), "is required for Stripe.");
        if (!double.IsFinite(Weight) || Weight is < 0 or > 1_000)
            yield return (nameof(Weight), "must be 0 to 1,000.");
        if (CostPercent is < 0 or >= 100) yield return (nameof(CostPercent), "must be 0 to 99.");
        if (CostFixed < 0) yield return (nameof(CostFixed), "must not be negative.");
        if (AmountFrom > AmountTo) yield return (nameof(AmountTo), "is less than AmountFrom.");
        if (LedgerLimit is < 1_000 or > 20_000_000)
            yield return (nameof(LedgerLimit), "must be 1,000 to 20,000,000.");
        if (SlowAnswer < TimeSpan.Zero || SlowAnswer > TimeSpan.FromMinutes(10))
            yield return (nameof(SlowAnswer), "must be 0 to 10 minutes.");
        foreach (var code in Currencies)
        {
            if (!Ingest.Events.Currency.TryParse(code, out _))
                yield return (nameof(Currencies), $"'{code}' is not an ISO 4217 code.");
        }
    }
}
