using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Tests.Api.Hosting;
using StreamCommerce.Tests.Api.Regressions;
using Xunit;

namespace StreamCommerce.Tests.Api.Crash;

/// <summary>
/// Compares what the shop says after all crashes with what its clients were told, over HTTP.
/// </summary>
internal sealed class ShopAudit(ServiceFixture service, RaceClock clock)
{
    private static readonly string[] Open = ["authorizing", "cancelling", "voiding"];

    private Dictionary<string, JsonNode> _orders = [];

    /// <summary>All checkouts that got an order, by its id, once none is open any more.</summary>
    public async Task ReadAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            _orders = await ListAsync();
            if (!_orders.Values.Any(IsOpen)) return;
            await timer.WaitForNextTickAsync(ct);
        }
    }

    public int PlacedCount => _orders.Values.Count(IsPlaced);

    public string States => string.Join(", ", _orders.Values.CountBy(State)
        .OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Value} {one.Key}"));

    /// <summary>What clients were told is so, and a key has one order at most.</summary>
    public void CheckOrders(BuyerLedger ledger)
    {
        var byVisitor = _orders.Values.ToLookup(order => order["visitorId"]!.ToString());
        foreach (var entry in ledger.Entries)
        {
            var here = byVisitor[entry.Visitor].ToArray();
            Assert.True(here.Length <= 1, $"{entry.Visitor} has {here.Length} orders.");
            if (entry.Order is not { } id)
            {
                Assert.False(here.Any(IsPlaced),
                    $"{entry.Visitor} was told {entry.Checkout.Answer?.Text}, and has " +
                    here.FirstOrDefault());
                continue;
            }
            var order = Assert.Single(here);
            Assert.Equal(id, order["id"]!.ToString());
            var told = entry.Checkout.Answer!;
            if (told.Status == HttpStatusCode.Created)
                Assert.True(IsPlaced(order), $"{entry.Visitor} was told {told.Text}: {order}");
            Assert.Equal(told["total.amount"], Text(order, "total", "amount"));
            Assert.Equal(LinesOf(told.Json), LinesOf(order));
            CheckActions(entry, order);
        }
        Assert.Equal(_orders.Count, byVisitor.Count);
    }

    /// <summary>Money is taken for orders only, and every order has its money.</summary>
    public async Task CheckMoneyAsync(DateTimeOffset from)
    {
        foreach (var order in _orders.Values)
        {
            var (captured, refunded) = (Amount(order, "captured"), Amount(order, "refunded"));
            var total = decimal.Parse(Text(order, "total", "amount"), CultureInfo.InvariantCulture);
            Assert.True(refunded <= captured && captured <= total, order.ToJsonString());
            if (State(order) is "cancelled" or "failed" or "returned")
                Assert.Equal((order.ToJsonString(), captured), (order.ToJsonString(), refunded));
            if (State(order) is "confirmed" or "shipped")
                Assert.Equal((order.ToJsonString(), total), (order.ToJsonString(), captured));
        }
        clock.Move(ReconciliationDesk.Settling + TimeSpan.FromSeconds(1));
        var report = await service.GetAsync(string.Create(CultureInfo.InvariantCulture,
            $"/v1/payments/reconciliation?from={At(from)}&to={At(clock.GetUtcNow())}"));
        Assert.Equal("[]", report.MustBe(HttpStatusCode.OK).Find("exceptions")!.ToJsonString());
        Assert.Equal("true", report["complete"]);
        Matched = long.Parse(report["matched"]!, CultureInfo.InvariantCulture);
    }

    /// <summary>Payments on which shop and bank agree.</summary>
    public long Matched { get; private set; }

    /// <summary>What is gone from the stock is what was sold and not brought back.</summary>
    public async Task CheckStockAsync(IReadOnlyDictionary<string, long> received)
    {
        var stock = await service.GetAsync("/v1/stock/reconciliation");
        Assert.True(stock["isRight"] == "true", stock.Text);
        var sold = new Dictionary<string, long>();
        foreach (var order in _orders.Values.Where(IsPlaced))
        {
            if (State(order) == "cancelled") continue;
            foreach (var line in order["lines"]!.AsArray())
            {
                var units = Number(line!["quantity"]) - Number(line["cancelled"])
                    - Number(line["returned"]);
                var parts = line["components"]?.AsArray() ?? [line.DeepClone()];
                foreach (var part in parts)
                {
                    var each = line["components"] is null ? 1 : Number(part!["quantity"]);
                    var product = part!["productId"]!.ToString();
                    sold[product] = sold.GetValueOrDefault(product) + units * each;
                }
            }
        }
        foreach (var (product, units) in received)
        {
            var level = await service.GetAsync($"/v1/stock/{product}");
            Assert.Equal((product, "0"), (product, level["reserved"]));
            Assert.Equal((product, units - sold.GetValueOrDefault(product)),
                (product, Number(level.Find("available"))));
        }
    }

    private static void CheckActions(BuyerEntry entry, JsonNode order)
    {
        foreach (var action in entry.Actions.Where(action => action.IsDone))
        {
            var isSo = action.Key switch
            {
                "cancel" => State(order) == "cancelled",
                "refunds" => Amount(order, "refunded") >= 1,
                "returns" => State(order) == "returned",
                _ => State(order) is "shipped" or "returned",
            };
            Assert.True(isSo, $"{entry.Visitor} was told that {action.Key} is done: {order}");
        }
    }

    private async Task<Dictionary<string, JsonNode>> ListAsync()
    {
        var orders = new Dictionary<string, JsonNode>();
        var before = "";
        while (true)
        {
            var page = (await service.GetAsync($"/v1/orders?attempts=true&newest=500{before}"))
                .MustBe(HttpStatusCode.OK).Json["orders"]!.AsArray();
            foreach (var order in page) orders.Add(order!["id"]!.ToString(), order);
            if (page.Count < 500) return orders;
            before = $"&before={page[^1]!["id"]}";
        }
    }

    private static bool IsOpen(JsonNode order) => Open.Contains(State(order))
        || order["payment"]?["pending"]?.GetValue<bool>() == true;

    private static bool IsPlaced(JsonNode order) => order["placedAt"] is not null;

    private static string State(JsonNode order) => order["state"]!.ToString();

    private static string LinesOf(JsonNode order) => string.Join(", ",
        order["lines"]!.AsArray().Select(line => line!).Select(line =>
            $"{line["quantity"]} {line["productId"]} {Text(line, "total", "amount")}"));

    private static decimal Amount(JsonNode order, string what) => order["payment"] is null
        ? 0 : decimal.Parse(Text(order, "payment", what, "amount"), CultureInfo.InvariantCulture);

    private static string Text(JsonNode node, params string[] path) =>
        path.Aggregate(node, (at, name) => at[name]!).ToString();

    private static long Number(JsonNode? node) => node?.GetValue<long>() ?? 0;

    private static string At(DateTimeOffset time) =>
        Uri.EscapeDataString(time.ToString("O", CultureInfo.InvariantCulture));
}
