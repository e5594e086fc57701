using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Inventory;

/// <summary>How a product's stock is promised, in each region alike.</summary>
public sealed record StockPolicy
{
    /// <summary>
    /// Units that may be promised beyond what is there: the delivery that brings them hands all
    /// of them out in one unit of work, some tens of milliseconds at this number.
    /// </summary>
    public const int BeyondStockMaximum = 10_000;

    /// <summary>The longest lifetime: stock that is away for longer was lost, not promised.
    /// </summary>
    public static readonly TimeSpan LifetimeMaximum = TimeSpan.FromDays(7);

    /// <summary>What holds for a product that nobody said anything of.</summary>
    public static readonly StockPolicy Default = new();

    /// <summary>False: it is promised without end and no unit is counted.</summary>
    public bool IsTracked { get; init; } = true;

    /// <summary>
    /// Units that may be owed at a time once the product is out, 0 to
    /// <see cref="BeyondStockMaximum"/>.
    /// </summary>
    public int BackorderLimit { get; init; }

    /// <summary>
    /// Units that may be owed at a time before <see cref="AvailableFrom"/>, 0 to
    /// <see cref="BeyondStockMaximum"/>.
    /// </summary>
    public int PreorderLimit { get; init; }

    /// <summary>When the product comes out; null: it is out.</summary>
    public DateTimeOffset? AvailableFrom { get; init; }

    /// <summary>Available units of a region that are not promised, 0 to
    /// <see cref="StockRules.DeltaLimit"/>.</summary>
    public int SafetyStock { get; init; }

    /// <summary>Units of one reservation, from 1.</summary>
    public int QuantityLimit { get; init; } = EventRules.QuantityLimit;

    /// <summary>How long a reservation holds, above zero.</summary>
    public TimeSpan ReservationLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a reservation holds from the moment at which its payment begins, above zero: a
    /// buyer who has to ask a bank needs longer.
    /// </summary>
    public TimeSpan PaymentLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Units that may be owed at a moment.</summary>
    public int BeyondStock(DateTimeOffset now) =>
        AvailableFrom is { } from && now < from ? PreorderLimit : BackorderLimit;

    /// <summary>Units that are there and can be promised: all but the safety stock.</summary>
    public long PromisableOf(long available) => Math.Max(0, available - SafetyStock);

    /// <summary>What is wrong with it; null where nothing is.</summary>
    public Refusal? Check()
    {
        if (BackorderLimit is < 0 or > BeyondStockMaximum)
            return Wrong($"backorderLimit must be 0 to {BeyondStockMaximum}.");
        if (PreorderLimit is < 0 or > BeyondStockMaximum)
            return Wrong($"preorderLimit must be 0 to {BeyondStockMaximum}.");
        if (SafetyStock is < 0 or > StockRules.DeltaLimit)
            return Wrong($"safetyStock must be 0 to {StockRules.DeltaLimit}.");
        if (QuantityLimit is < 1 or > EventRules.QuantityLimit)
            return Wrong($"quantityLimit must be 1 to {EventRules.QuantityLimit}.");
        if (ReservationLifetime <= TimeSpan.Zero || ReservationLifetime > LifetimeMaximum)
            return Wrong($"reservationLifetime must be above 0, at most {LifetimeMaximum}.");
        return PaymentLifetime <= TimeSpan.Zero || PaymentLifetime > LifetimeMaximum
            ? Wrong($"paymentLifetime must be above 0, at most {LifetimeMaximum}.")
            : null;
    }

    private static Refusal Wrong(string detail) => new(RefusalCode.Invalid, detail);
}
