namespace StreamCommerce.Engine.Fraud;

/// <summary>Whom counters are kept of.</summary>
public enum FraudEntity
{
    Card,
    Ip,
    Device,
    Email,
    Account,
    Terminal,
}

/// <summary>
/// A number that rules can ask for, known by its name: <c>card.attempts.1h</c>,
/// <c>account.cards.24h</c>, <c>amount</c>. <see cref="FraudSignals"/> lists them all.
/// </summary>
/// <param name="Index">Its place in memory only; what is stored is the name.</param>
public readonly record struct FraudSignal(byte Index)
{
    public string Name => FraudSignals.Names[Index];

    public override string ToString() => Name;
}

/// <summary>Every signal there is.</summary>
/// <remarks>
/// Counted signals hold the attempt that is being screened, too: the first attempt of a card sees
/// <c>card.attempts.1h</c> 1. Declines and frauds are those of the past.
/// </remarks>
public static class FraudSignals
{
    internal const int EntityCount = 6;
    internal const int WindowCount = 3;
    internal const int MetricCount = 5;

    /// <summary>The windows, in the order of the signals.</summary>
    internal static readonly string[] Windows = ["1h", "24h", "7d"];

    /// <summary>What is counted of each entity in each window.</summary>
    internal static readonly string[] Metrics =
        ["attempts", "amount", "declines", "frauds", "fraud_rate"];

    private static readonly string[] Entities =
        ["card", "ip", "device", "email", "account", "terminal"];

    private static readonly string[] Pairs =
    [
        "account.cards", "account.devices", "card.accounts", "device.accounts", "device.cards",
        "device.emails", "ip.cards", "email.accounts",
    ];

    private static readonly string[] Plain =
    [
        "amount", "amount.mean_ratio", "amount.deviations", "amount.no_rate", "units",
        "account.age_days", "account.purchases", "card.is_new", "device.is_new", "address.is_new",
        "address.country_differs", "address.postal_code_differs", "ip.country_differs",
    ];

    private static readonly string[] All =
    [
        .. from entity in Entities
            from metric in Metrics
            from window in Windows
            select $"{entity}.{metric}.{window}",
        .. from pair in Pairs from window in Windows select $"{pair}.{window}",
        .. Plain,
    ];

    private static readonly Dictionary<string, FraudSignal> ByName = All
        .Select((name, i) => (name, new FraudSignal((byte)i)))
        .ToDictionary(pair => pair.name, pair => pair.Item2, StringComparer.Ordinal);

    internal static readonly int PairStart = EntityCount * MetricCount * WindowCount;

    internal static readonly int Amount = IndexOf("amount");
    internal static readonly int MeanRatio = IndexOf("amount.mean_ratio");
    internal static readonly int Deviations = IndexOf("amount.deviations");
    internal static readonly int NoRate = IndexOf("amount.no_rate");
    internal static readonly int Units = IndexOf("units");
    internal static readonly int AccountAgeDays = IndexOf("account.age_days");
    internal static readonly int AccountPurchases = IndexOf("account.purchases");
    internal static readonly int CardIsNew = IndexOf("card.is_new");
    internal static readonly int DeviceIsNew = IndexOf("device.is_new");
    internal static readonly int AddressIsNew = IndexOf("address.is_new");
    internal static readonly int CountryDiffers = IndexOf("address.country_differs");
    internal static readonly int PostalCodeDiffers = IndexOf("address.postal_code_differs");
    internal static readonly int IpCountryDiffers = IndexOf("ip.country_differs");

    /// <summary>How many there are.</summary>
    public static int Count => All.Length;

    /// <summary>All names, in the order of their indexes.</summary>
    public static IReadOnlyList<string> Names => All;

    /// <summary>False where there is no signal of this name.</summary>
    public static bool TryFind(string? name, out FraudSignal signal)
    {
        signal = default;
        return name is not null && ByName.TryGetValue(name, out signal);
    }

    private static int IndexOf(string name) => ByName[name].Index;
}
