using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StreamCommerce.Api.Carts;
using StreamCommerce.Api.Checkout;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;
using StreamCommerce.Api.Products;
using StreamCommerce.Api.Stock;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;
using EventId = StreamCommerce.Ingest.Events.EventId;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// What simulated shoppers do, as requests to the shop's API, as a storefront would send them. A
/// refusal is ordinary: who finds a product sold out goes without it, and the shop restocks.
/// Any thread; a visitor's actions one after the other.
/// </summary>
internal sealed class DemoShoppers(
    ServiceConnection shop, SimulatedCatalogue catalogue, int seed, TimeProvider time)
{
    /// <summary>Orders that can still be sent back; older ones are kept by their buyers.</summary>
    private const int OrderLimit = 20_000;

    // Long enough to be seen as sold out.
    private static readonly TimeSpan RestockDelay = TimeSpan.FromSeconds(10);

    private readonly Dictionary<Sku, SimulatedProduct> _products =
        catalogue.Products.ToDictionary(product => product.Sku);
    private readonly Lock _gate = new();
    private readonly Dictionary<OrderId, OrderId> _orders = [];
    private readonly Queue<OrderId> _oldest = new();
    private readonly Dictionary<Sku, DateTimeOffset> _restocks = [];

    public EventSender NewSender() => new(shop);

    public Task ActAsync(ShopperAction action, EventSender sender, CancellationToken ct) =>
        action switch
        {
            ShopperAction.AddToCart add => AskAsync(HttpMethod.Post,
                $"{CartOf(add.Shopper)}/lines", KeyOf(add),
                new AddLineBody(add.Line.Sku.Value, add.Line.Quantity),
                ApiJson.Default.AddLineBody, ct),
            ShopperAction.RemoveFromCart remove =>
                RemoveAsync(remove.Shopper, remove.Line.Sku, KeyOf(remove), ct),
            ShopperAction.Checkout checkout => BuyAsync(checkout, ct),
            ShopperAction.ReturnOrder back => ReturnAsync(back, sender, ct),
            ShopperAction.StartFlashSale sale => SetPriceAsync(sale, sale.Sku, sale.Price, ct),
            ShopperAction.EndFlashSale sale => SetPriceAsync(sale, sale.Sku, sale.Price, ct),
            _ => Task.CompletedTask,
        };

    /// <summary>Receives new stock of what was sold out a while ago.</summary>
    public async Task RestockDueAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        List<Sku> due;
        lock (_gate)
        {
            if (_restocks.Count == 0) return;
            due = [.. _restocks.Where(restock => restock.Value <= now).Select(r => r.Key)];
            foreach (var sku in due) _restocks.Remove(sku);
        }
        foreach (var sku in due)
        {
            var key = string.Create(CultureInfo.InvariantCulture,
                $"sim-{seed}-restock-{sku}-{now.ToUnixTimeMilliseconds()}");
            await AdjustAsync(sku, _products[sku].InitialStock, key, "restock (simulated)", ct);
        }
    }

    private async Task BuyAsync(ShopperAction.Checkout checkout, CancellationToken ct)
    {
        var shopper = checkout.Shopper;
        var body = new CheckoutBody(
            shopper.Visitor.Value, catalogue.Products[0].BasePrice.Currency,
            CartId: shopper.Visitor.Value, Payment: new("tok_visa"),
            CustomerId: shopper.Customer?.Value, SessionId: shopper.Session?.Value,
            Region: shopper.Region, Channel: shopper.Channel);
        var answer = await AskAsync(HttpMethod.Post, "v1/checkout", checkout.Order.Value, body,
            ApiJson.Default.CheckoutBody, ct);
        if (answer.Status == HttpStatusCode.Created)
        {
            var order = JsonSerializer.Deserialize(answer.Body, ApiJson.Default.OrderView)!;
            Remember(checkout.Order, new OrderId(order.Id));
            return;
        }
        var problem = JsonSerializer.Deserialize(answer.Body, ApiJson.Default.Problem);
        PlanRestocks(problem?.Lines ?? []);
        // The shopper believes that the cart is empty now.
        foreach (var line in checkout.Lines)
            await RemoveAsync(shopper, line.Sku, $"{checkout.Order}-give-up-{line.Sku}", ct);
    }

    private async Task ReturnAsync(
        ShopperAction.ReturnOrder back, EventSender sender, CancellationToken ct)
    {
        if (Forget(back.Order) is not { } order) return;
        var shopper = back.Shopper;
        await sender.SendAsync(
        [
            new CommerceEvent
            {
                Id = new EventId(KeyOf(back)),
                Source = ShopperSimulator.Source,
                Name = EventName.Refund,
                Time = time.GetUtcNow(),
                Visitor = shopper.Visitor,
                Customer = shopper.Customer,
                Order = order,
                Region = shopper.Region,
                Channel = shopper.Channel,
                Lines = back.Lines,
            },
        ], ct);
        foreach (var line in back.Lines)
        {
            await AdjustAsync(line.Sku, line.Quantity, $"{KeyOf(back)}-{line.Sku}",
                "return (simulated)", ct);
        }
    }

    private Task<Answered> SetPriceAsync(
        ShopperAction sale, Sku sku, Money price, CancellationToken ct)
    {
        var product = DemoShop.ToProduct(_products[sku]);
        return AskAsync(HttpMethod.Put, $"v1/products/{sku}", KeyOf(sale),
            new ProductBody(product.Title, price, product.Description, product.Brand,
                product.Categories, product.Attributes), ApiJson.Default.ProductBody, ct);
    }

    private Task<Answered> AdjustAsync(
        Sku sku, int delta, string key, string reason, CancellationToken ct) =>
        AskAsync(HttpMethod.Post, $"v1/stock/{sku}/adjustments", key,
            new AdjustmentBody(delta, reason), ApiJson.Default.AdjustmentBody, ct);

    private Task<Answered> RemoveAsync(
        ShopperIdentity shopper, Sku sku, string key, CancellationToken ct) =>
        AskAsync<object>(HttpMethod.Delete, $"{CartOf(shopper)}/lines/{sku}", key, null, null, ct);

    private async Task<Answered> AskAsync<TBody>(
        HttpMethod method, string path, string key, TBody? body, JsonTypeInfo<TBody>? type,
        CancellationToken ct)
        where TBody : class
    {
        var bytes = body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, type!);
        using var response = await shop.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(method, path);
                request.Headers.Add(RequestConditions.IdempotencyKey, key);
                if (bytes is null) return request;
                request.Content = new ByteArrayContent(bytes);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                return request;
            }, ct);
        return new(response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct));
    }

    private string KeyOf(ShopperAction action) =>
        string.Create(CultureInfo.InvariantCulture, $"sim-{seed}-{action.Number}");

    // A visitor's cart has the visitor's id, as the API takes it where no other is said.
    private static string CartOf(ShopperIdentity shopper) => $"v1/carts/{shopper.Visitor}";

    private void Remember(OrderId simulated, OrderId real)
    {
        lock (_gate)
        {
            if (_orders.TryAdd(simulated, real)) _oldest.Enqueue(simulated);
            while (_oldest.Count > OrderLimit) _orders.Remove(_oldest.Dequeue());
        }
    }

    private OrderId? Forget(OrderId simulated)
    {
        lock (_gate) return _orders.Remove(simulated, out var real) ? real : null;
    }

    private void PlanRestocks(IReadOnlyList<LineProblem> lines)
    {
        lock (_gate)
        {
            foreach (var line in lines)
            {
                var sku = new Sku(line.ProductId);
                if (line.Available is not null && _products.ContainsKey(sku))
                    _restocks.TryAdd(sku, time.GetUtcNow() + RestockDelay);
            }
        }
    }

    private readonly record struct Answered(HttpStatusCode Status, byte[] Body);
}
