using System.Text.Json.Nodes;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>A database and its containers. Under the account's gate.</summary>
internal sealed class StoredDatabase(string name, int number, long now)
{
    public string Name { get; } = name;

    public int Number { get; } = number;

    public string Rid { get; } = ResourceIds.Database(number);

    public Dictionary<string, StoredContainer> Containers { get; } = new(StringComparer.Ordinal);

    /// <summary>How many containers there ever were; each has a number of its own.</summary>
    public int LastContainer { get; set; }

    public JsonObject Describe() => new()
    {
        ["id"] = Name,
        ["_rid"] = Rid,
        ["_self"] = $"dbs/{Rid}/",
        ["_etag"] = $"\"{Number:x8}-0000-0000-0000-000000000000\"",
        ["_ts"] = now,
        ["_colls"] = "colls/",
        ["_users"] = "users/",
    };
}
