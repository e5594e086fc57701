using System.Text.Json.Serialization;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Pricing;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>The few columns that hold JSON: what is never asked for by its parts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<Component>))]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(OrderTerms))]
[JsonSerializable(typeof(OrderProgress))]
[JsonSerializable(typeof(Quote))]
[JsonSerializable(typeof(StockPolicy))]
internal sealed partial class StoredJson : JsonSerializerContext;
