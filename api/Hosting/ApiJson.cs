using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Api.Carts;
using StreamCommerce.Api.Checkout;
using StreamCommerce.Api.Events;
using StreamCommerce.Api.Fraud;
using StreamCommerce.Api.Health;
using StreamCommerce.Api.Insight;
using StreamCommerce.Api.Live;
using StreamCommerce.Api.Payments;
using StreamCommerce.Api.Problems;
using StreamCommerce.Api.Products;
using StreamCommerce.Api.Recommendations;
using StreamCommerce.Api.Stock;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Recommendations.Merchandising;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// The JSON of the API: camel case, absent instead of null, and strict: no unknown field, no
/// number in quotes, no field twice, so that a typing error is found by its sender.
/// </summary>
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(EventReceipt))]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(Readiness))]
[JsonSerializable(typeof(ProductView))]
[JsonSerializable(typeof(ProductList))]
[JsonSerializable(typeof(ProductBody))]
[JsonSerializable(typeof(ProductRow))]
[JsonSerializable(typeof(ProductActivity))]
[JsonSerializable(typeof(ImportReceipt))]
[JsonSerializable(typeof(StockView))]
[JsonSerializable(typeof(AdjustmentBody))]
[JsonSerializable(typeof(ArrivalBody))]
[JsonSerializable(typeof(BucketsBody))]
[JsonSerializable(typeof(PolicyBody))]
[JsonSerializable(typeof(ShareList))]
[JsonSerializable(typeof(WarehouseBody))]
[JsonSerializable(typeof(WarehouseView))]
[JsonSerializable(typeof(WarehouseList))]
[JsonSerializable(typeof(TransferBody))]
[JsonSerializable(typeof(TransferView))]
[JsonSerializable(typeof(StockReconciliationView))]
[JsonSerializable(typeof(ReservationBody))]
[JsonSerializable(typeof(CommitBody))]
[JsonSerializable(typeof(ReservationView))]
[JsonSerializable(typeof(CartView))]
[JsonSerializable(typeof(AddLineBody))]
[JsonSerializable(typeof(SetLineBody))]
[JsonSerializable(typeof(PriceBook))]
[JsonSerializable(typeof(CheckoutBody))]
[JsonSerializable(typeof(QuoteView))]
[JsonSerializable(typeof(ReasonBody))]
[JsonSerializable(typeof(AmountBody))]
[JsonSerializable(typeof(ShipmentBody))]
[JsonSerializable(typeof(ReturnBody))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(OrderList))]
[JsonSerializable(typeof(FraudRuleSet))]
[JsonSerializable(typeof(FraudDecisionList))]
[JsonSerializable(typeof(ReviewList))]
[JsonSerializable(typeof(ReviewView))]
[JsonSerializable(typeof(ReviewBody))]
[JsonSerializable(typeof(Suggestions))]
[JsonSerializable(typeof(ExperimentBook))]
[JsonSerializable(typeof(MerchandisingPlan))]
[JsonSerializable(typeof(FunnelView))]
[JsonSerializable(typeof(ProfileView))]
[JsonSerializable(typeof(StatsView))]
[JsonSerializable(typeof(LiveSnapshot))]
[JsonSerializable(typeof(ProductChange))]
[JsonSerializable(typeof(WebhookView))]
[JsonSerializable(typeof(WebhookReplayBody))]
[JsonSerializable(typeof(WebhookReplayView))]
[JsonSerializable(typeof(ConfirmationBody))]
[JsonSerializable(typeof(ConfirmationView))]
[JsonSerializable(typeof(ReconciliationView))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>For what is read and written here.</summary>
    public static ApiJson Wire { get; } = new(WithRules(new(JsonSerializerDefaults.Web)));

    /// <summary>For what the web framework reads and writes.</summary>
    public static void Configure(JsonSerializerOptions options) =>
        WithRules(options).TypeInfoResolverChain.Insert(0, Default);

    private static JsonSerializerOptions WithRules(JsonSerializerOptions options)
    {
        // For programs, not for HTML pages: leaves ' and + and é as they are.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.AllowDuplicateProperties = false;
        return options;
    }
}
