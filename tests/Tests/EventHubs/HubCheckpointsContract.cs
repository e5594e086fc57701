using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Tests.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

/// <summary>What every place for checkpoints and ownership promises.</summary>
public abstract class HubCheckpointsContract
{
    private protected const string Namespace = "Shop.servicebus.windows.net";
    private protected const string Hub = "Events";
    private const string Group = "$Default";

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected abstract HubCheckpoints Make();

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_there_at_first()
    {
        var store = Make();

        Assert.Null(await store.GetCheckpointAsync(Namespace, Hub, Group, "0", Ct));
        Assert.Empty(await store.ListOwnershipAsync(Namespace, Hub, Group, Ct));
        Assert.Empty(await store.ListCheckpointsAsync(Namespace, Hub, Ct));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_last_checkpoint_is_found_and_names_its_author()
    {
        var store = Make();
        await NoteAsync(store, Group, "3", 41);
        await NoteAsync(store, Group, "3", 42);

        var found = await store.GetCheckpointAsync(Namespace, Hub, Group, "3", Ct);

        Assert.Equal("author", found!.ClientIdentifier);
        Assert.Equal(
            Azure.Messaging.EventHubs.Consumer.EventPosition.FromSequenceNumber(42, false),
            found.StartingPosition);
    }

    [Fact(Timeout = 60_000)]
    public async Task All_groups_checkpoints_of_a_hub_are_listed()
    {
        var store = Make();
        await NoteAsync(store, "engine", "1", 7);
        await NoteAsync(store, "analytics", "0", 5);
        await NoteAsync(store, "engine", "0", -1);
        await store.UpdateCheckpointAsync(Namespace, "other", Group, "0", "author",
            new CheckpointPosition(HubCheckpoints.NoOffset, 1), Ct);

        Assert.Equal([new("analytics", 0, 5), new("engine", 0, -1), new("engine", 1, 7)],
            await store.ListCheckpointsAsync(Namespace, Hub, Ct));
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_two_who_want_a_free_partition_one_gets_it()
    {
        var store = Make();
        var first = await store.ClaimOwnershipAsync([Wanted("a", version: null)], Ct);
        var second = await store.ClaimOwnershipAsync([Wanted("b", version: null)], Ct);

        Assert.Equal("a", Assert.Single(first).OwnerIdentifier);
        Assert.Empty(second);
    }

    [Fact(Timeout = 60_000)]
    public async Task Whoever_saw_the_last_version_may_take_over_and_nobody_else()
    {
        var store = Make();
        var claimed = Assert.Single(
            await store.ClaimOwnershipAsync([Wanted("a", version: null)], Ct));
        var old = claimed.Version;
        var renewed = Assert.Single(await store.ClaimOwnershipAsync([claimed], Ct));
        var seen = Assert.Single(await store.ListOwnershipAsync(Namespace, Hub, Group, Ct));

        Assert.Empty(await store.ClaimOwnershipAsync([Wanted("b", old)], Ct));
        Assert.Equal(renewed.Version!.Trim('"'), seen.Version!.Trim('"'));
        Assert.Single(await store.ClaimOwnershipAsync([Wanted("b", seen.Version)], Ct));
        var owned = Assert.Single(await store.ListOwnershipAsync(Namespace, Hub, Group, Ct));
        Assert.Equal("b", owned.OwnerIdentifier);
        Assert.Equal("0", owned.PartitionId);
    }

    private protected static Task NoteAsync(
        HubCheckpoints store, string group, string partition, long sequenceNumber) =>
        store.UpdateCheckpointAsync(Namespace, Hub, group, partition, "author",
            new CheckpointPosition(HubCheckpoints.NoOffset, sequenceNumber), Ct);

    private static EventProcessorPartitionOwnership Wanted(string owner, string? version) => new()
    {
        FullyQualifiedNamespace = Namespace,
        EventHubName = Hub,
        ConsumerGroup = Group,
        PartitionId = "0",
        OwnerIdentifier = owner,
        Version = version,
    };
}

public sealed class MemoryCheckpointsTests : HubCheckpointsContract
{
    private protected override HubCheckpoints Make() => new MemoryCheckpoints(TimeProvider.System);
}

public sealed class BlobCheckpointsTests(AzuriteServer azurite)
    : HubCheckpointsContract, IClassFixture<AzuriteServer>
{
    [Fact(Timeout = 60_000)]
    public async Task The_blobs_are_where_the_official_clients_look()
    {
        var container = azurite.NewContainer();
        var store = new BlobCheckpoints(container);
        await store.UpdateCheckpointAsync(Namespace, Hub, "$Default", "3", "author",
            new CheckpointPosition("4711", 42), Ct);

        Azure.Storage.Blobs.Models.BlobProperties blob = await container
            .GetBlobClient("shop.servicebus.windows.net/events/$default/checkpoint/3")
            .GetPropertiesAsync(cancellationToken: Ct);

        Assert.Equal(
            [("clientidentifier", "author"), ("offset", "4711"), ("sequencenumber", "42")],
            blob.Metadata.OrderBy(one => one.Key, StringComparer.Ordinal)
                .Select(one => (one.Key, one.Value)));
    }

    private protected override HubCheckpoints Make() => new BlobCheckpoints(azurite.NewContainer());
}
