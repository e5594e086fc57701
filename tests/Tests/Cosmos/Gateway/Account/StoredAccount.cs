using System.Text.Json.Nodes;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Account;

/// <summary>
/// What an account holds. Databases and containers come and go under one gate; items have the gates
/// of their partitions.
/// </summary>
internal sealed class StoredAccount(CosmosGatewayOptions options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredDatabase> _databases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredOffer> _offers = new(StringComparer.Ordinal);
    private int _lastDatabase;
    private int _lastOffer;

    /// <exception cref="GatewayException">404: it is not there.</exception>
    public StoredContainer Container(string database, string container)
    {
        lock (_gate)
        {
            var found = FindContainer(FindDatabase(database), container);
            return found ?? throw Missing($"dbs/{database}/colls/{container}");
        }
    }

    public JsonObject ListDatabases()
    {
        lock (_gate)
        {
            return Feed("", "Databases", _databases.Values.Select(db => db.Describe()));
        }
    }

    public JsonObject ReadDatabase(string name)
    {
        lock (_gate)
        {
            return RequireDatabase(name).Describe();
        }
    }

    public JsonObject? CreateDatabase(GatewayMessage message, string name, long now)
    {
        ItemId.Check(name);
        lock (_gate)
        {
            if (FindDatabase(name) is not null)
            {
                return null;
            }

            var database = new StoredDatabase(name, ++_lastDatabase, now);
            Offer(message, $"dbs/{database.Rid}/", database.Rid, now);
            _databases.Add(name, database);
            return database.Describe();
        }
    }

    public void DeleteDatabase(string name)
    {
        lock (_gate)
        {
            var database = RequireDatabase(name);
            foreach (var rid in database.Containers.Values.Select(container => container.Rid)
                .Append(database.Rid))
            {
                Withdraw(rid);
            }

            _databases.Remove(database.Name);
        }
    }

    public JsonObject ListContainers(string database)
    {
        lock (_gate)
        {
            var owner = RequireDatabase(database);
            return Feed(
                owner.Rid,
                "DocumentCollections",
                owner.Containers.Values.Select(container => container.Describe()));
        }
    }

    /// <returns>Null if there is one of that name.</returns>
    public StoredContainer? CreateContainer(GatewayMessage message, string database, long now)
    {
        var definition = ContainerDefinition.Parse(message.Body);
        lock (_gate)
        {
            var owner = RequireDatabase(database);
            if (owner.Containers.ContainsKey(definition.Id))
            {
                return null;
            }

            var container = new StoredContainer(
                owner.Name, owner.Number, ++owner.LastContainer, definition,
                options.PhysicalPartitions, now);
            Offer(message, container.SelfLink, container.Rid, now);
            owner.Containers.Add(definition.Id, container);
            return container;
        }
    }

    public void DeleteContainer(StoredContainer container)
    {
        lock (_gate)
        {
            RequireDatabase(container.Database).Containers.Remove(container.Name);
            Withdraw(container.Rid);
        }
    }

    public IReadOnlyList<JsonObject> Offers()
    {
        lock (_gate)
        {
            return [.. _offers.Values.Select(offer => offer.Describe())];
        }
    }

    public JsonObject ReadOffer(string id)
    {
        lock (_gate)
        {
            return RequireOffer(id).Describe();
        }
    }

    public JsonObject ReplaceOffer(string id, ReadOnlyMemory<byte> body, long now)
    {
        lock (_gate)
        {
            return (_offers[id] = RequireOffer(id).ReplacedBy(body, now)).Describe();
        }
    }

    /// <summary>Does something to every partition, each under its gate.</summary>
    public void ForEachPartition(Action<Items.PhysicalPartition> act)
    {
        lock (_gate)
        {
            foreach (var partition in _databases.Values
                .SelectMany(database => database.Containers.Values)
                .SelectMany(container => container.Partitions))
            {
                lock (partition.Gate)
                {
                    act(partition);
                }
            }
        }
    }

    public static JsonObject Feed(string rid, string name, IEnumerable<JsonObject> entries)
    {
        var list = new JsonArray([.. entries]);
        return new JsonObject { ["_rid"] = rid, [name] = list, ["_count"] = list.Count };
    }

    private static GatewayException Missing(string what) =>
        new(404, SubStatus.OwnerNotFound, $"Owner resource does not exist: {what}");

    private StoredDatabase? FindDatabase(string name) =>
        _databases.GetValueOrDefault(name)
        ?? _databases.Values.FirstOrDefault(database => database.Rid == name);

    private static StoredContainer? FindContainer(StoredDatabase? database, string name) =>
        database?.Containers.GetValueOrDefault(name)
        ?? database?.Containers.Values.FirstOrDefault(container => container.Rid == name);

    private StoredDatabase RequireDatabase(string name) =>
        FindDatabase(name) ?? throw Missing($"dbs/{name}");

    private StoredOffer RequireOffer(string id) =>
        _offers.GetValueOrDefault(id)
        ?? throw new GatewayException(404, 0, $"There is no offer {id}.");

    private void Offer(GatewayMessage message, string resource, string rid, long now)
    {
        var offer = StoredOffer.Requested(message, _lastOffer + 1, resource, rid, now);
        if (offer is not null)
        {
            _lastOffer++;
            _offers.Add(offer.Id, offer);
        }
    }

    private void Withdraw(string rid)
    {
        foreach (var id in _offers.Values.Where(offer => offer.ResourceId == rid)
            .Select(offer => offer.Id).ToArray())
        {
            _offers.Remove(id);
        }
    }
}
