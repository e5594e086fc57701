using System.Text.Json;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Checkout;
using StreamCommerce.Engine.Storage.Cosmos.Pricing;
using StreamCommerce.Engine.Storage.Cosmos.Stock;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Cosmos.Gateway;

namespace StreamCommerce.Tests.Simulation.Account;

/// <summary>What an account's documents say now.</summary>
internal sealed class AccountState(CosmosGateway gateway, CosmosOptions options) : IDurableState
{
    public IReadOnlyList<Order> Orders => [.. Of<OrderDocument>(
        CosmosSchema.Orders, OrderDocument.TypeName).Select(one => one.ToOrder())];

    public IReadOnlyList<Reservation> OpenReservations => [.. Reservations
        .Where(one => one.State == ReservationState.Held
            || (one.State == ReservationState.Committed && one.IsWaiting))];

    public DateTimeOffset? FirstEnd => Reservations
        .Where(one => one.State == ReservationState.Held)
        .Select(one => (DateTimeOffset?)one.ExpiresAt).Min();

    public IReadOnlyList<Share> Shares => [.. Of<ShareDocument>(
        CosmosSchema.Stock, ShareDocument.TypeName).Select(one => one.ToShare())];

    public long CouponUses => Of(CosmosSchema.Coupons)
        .Where(one => one.GetProperty("id").GetString() == "count")
        .Sum(one => one.GetProperty("uses").GetInt64());

    public long CouponUsers => Of(CosmosSchema.Coupons)
        .Where(one => one.GetProperty("id").GetString()!.StartsWith(
            "order:", StringComparison.Ordinal))
        .Count(one => !Read<CouponUseDocument>(one).IsVoid);

    public IReadOnlyList<string> Undone =>
    [
        .. Documents.Where(one => one.Pending is not null)
            .Select(one => $"reservation {one.Reservation}"),
        .. Operations.Where(one => one.Pending is not null).Select(one => $"operation {one.Id}"),
        .. Keys.Where(one => one.Open is not null).Select(one => $"key {one.Key}"),
        .. Of<OrderDocument>(CosmosSchema.Orders, OrderDocument.TypeName)
            .Where(one => one.Effects is not null).Select(one => $"order {one.OrderId}"),
        .. Owed.Select(one => $"units of {one} that are there and owed"),
    ];

    /// <summary>Products that have units, and owe some.</summary>
    private IEnumerable<string> Owed => Shares.GroupBy(one => one.Key.Sku)
        .Where(same => same.Sum(one => one.Available) > 0
            && Reservations.Any(one => one.State == ReservationState.Committed
                && one.Lines.Any(line => line.Share.Sku == same.Key && line.Backordered > 0)))
        .Select(same => same.Key.Value);

    private IEnumerable<OperationDocument> Operations =>
        Of(CosmosSchema.Operations).Select(Read<OperationDocument>);

    private IEnumerable<KeyDocument> Keys =>
        Of(CosmosSchema.CheckoutKeys).Select(Read<KeyDocument>);

    private IEnumerable<Reservation> Reservations =>
        Documents.Select(one => one.ToReservation()).OfType<Reservation>();

    private IEnumerable<ReservationDocument> Documents =>
        Of(CosmosSchema.Reservations).Select(Read<ReservationDocument>);

    public Order? Find(OrderId id) => Orders.FirstOrDefault(order => order.Id == id);

    public Reservation? Find(ReservationId id) =>
        Reservations.FirstOrDefault(reservation => reservation.Id == id);

    public IReadOnlyList<StockMovement> Movements(long after) => [.. Of<EntryDocument>(
            CosmosSchema.Stock, EntryDocument.TypeName)
        .Where(entry => !entry.IsVoid && HybridClock.Parse(entry.Number) > after)
        .GroupBy(entry => (entry.Number, entry.Movement))
        .OrderBy(same => same.Key.Number, StringComparer.Ordinal)
        .Select(same => new StockMovement(
            new(same.First().Operation), same.First().Kind,
            [.. same.Select(entry => new MovementLine(
                entry.Key.ToKey(), entry.Available, entry.Reserved, entry.Backordered))],
            same.First().Reason, same.First().At)
        { Number = HybridClock.Parse(same.Key.Number) })];

    public bool IsDone(OperationId operation) => Operations
        .Any(one => one.Done?.Operation == operation.Value);

    /// <summary>When the shop looks at what a crash has left half done.</summary>
    public DateTimeOffset? NextRepair(bool ofOrders, DateTimeOffset now)
    {
        if (!ofOrders)
        {
            if (Owed.Any()) return now;
            return Documents.Select(one => one.Pending)
                .Concat(Operations.Select(one => one.Pending))
                .OfType<PendingDocument>()
                .Select(one => (DateTimeOffset?)(one.Movement.At + SagaTime.Lease)).Min();
        }
        if (Of<OrderDocument>(CosmosSchema.Orders, OrderDocument.TypeName)
            .Any(one => one.Effects is not null))
        {
            return now;
        }
        return Keys.Where(one => one.Open is not null)
            .Select(one => (DateTimeOffset?)(one.StartedAt + SagaTime.Lease)).Min();
    }

    private IEnumerable<T> Of<T>(string container, string type) => Of(container)
        .Where(one => one.GetProperty("type").GetString() == type).Select(Read<T>);

    private IReadOnlyList<JsonElement> Of(string container) =>
        gateway.ItemsOf(options.Database, container);

    private static T Read<T>(JsonElement document) =>
        document.Deserialize<T>(CosmosJson.Options)!;
}
