using System.Text.Json;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>
/// Where a client that merges ordered results goes on in one partition: from certain keys, and
/// maybe from one item among those with the same.
/// </summary>
/// <param name="Keys">What the last result was ordered by.</param>
/// <param name="Number">Of the item to go on from, or null for all with these keys.</param>
/// <param name="Excludes">Whether those with these keys have all been told.</param>
internal sealed record QueryResume(SqlValue[] Keys, ulong? Number, bool Excludes)
{
    /// <exception cref="GatewayException">Keys that are arrays or objects, or too few of
    /// them.</exception>
    public static QueryResume Parse(JsonElement json, int keys)
    {
        var values = json.GetProperty("value").EnumerateArray().Select(Key).ToArray();
        if (values.Length != keys)
        {
            throw GatewayException.BadRequest($"The query resumes at {values.Length} keys.");
        }

        ulong? number = json.TryGetProperty("rid", out var rid)
            ? ResourceIds.ItemOf(rid.GetString()!)
            : null;
        return new QueryResume(values, number, json.GetProperty("exclude").GetBoolean());
    }

    /// <summary>Undefined, which JSON has not, is an empty array.</summary>
    private static SqlValue Key(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array when value.GetArrayLength() == 0 => SqlValue.Undefined,
        JsonValueKind.Array or JsonValueKind.Object =>
            throw GatewayException.NotSpoken("resuming an order by arrays or objects"),
        _ => SqlValue.Of(value),
    };
}
