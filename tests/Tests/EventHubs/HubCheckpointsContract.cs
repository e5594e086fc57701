using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using StreamCommerce.Ingest.EventHubs;
using StreamCommerce.Ingest.Log.Groups;
using StreamCommerce.Tests.Cosmos.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Engine.Storage;
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

    private protected abstract IGroupPlaces Places { get; }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_there_at_first()
    {
        var store = new HubCheckpoints(Places);

        Assert.Null(await store.GetCheckpointAsync(Namespace, Hub, Group, "0", Ct));
        Assert.Empty(await store.ListOwnershipAsync(Namespace, Hub, Group, Ct));
        Assert.Empty(await store.ListCheckpointsAsync(Namespace, Hub, Ct));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_last_checkpoint_is_found_and_names_its_author()
    {
        var store = new HubCheckpoints(Places);
        await NoteAsync(store, Group, "3", 41);
        await NoteAsync(store, Group, "3", 42);

        var found = await store.GetCheckpointAsync(Namespace, Hub, Group, "3", Ct);

        Assert.Equal("author", found!.ClientIdentifier);
        Assert.Equal(
            Azure.Messaging.EventHubs.Consumer.EventPosition.FromSequenceNumber(42, false),
            found.StartingPosition);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_place_that_says_an_offset_is_found_by_it()
    {
        var store = new HubCheckpoints(Places);
        await store.UpdateCheckpointAsync(
            Namespace, Hub, Group, "3", "author", new CheckpointPosition("4711", 42), Ct);

        var found = await store.GetCheckpointAsync(
            Namespace.ToUpperInvariant(), Hub, Group, "3", Ct);

        Assert.Equal(
            Azure.Messaging.EventHubs.Consumer.EventPosition.FromOffset("4711", false),
            found!.StartingPosition);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_replay_has_places_and_owners_of_its_own()
    {
        var (group, replay) = (new HubCheckpoints(Places),
            new HubCheckpoints(Places, ReplayStart.At(7)));
        await NoteAsync(group, Group, "0", 41);
        await group.ClaimOwnershipAsync([Wanted("a", version: null)], Ct);

        Assert.Null(await replay.GetCheckpointAsync(Namespace, Hub, Group, "0", Ct));
        Assert.Empty(await replay.ListOwnershipAsync(Namespace, Hub, Group, Ct));
        Assert.Single(await replay.ClaimOwnershipAsync([Wanted("b", version: null)], Ct));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_partition_that_was_given_back_is_nobodys()
    {
        var store = new HubCheckpoints(Places);
        var claimed = Assert.Single(
            await store.ClaimOwnershipAsync([Wanted("a", version: null)], Ct));
        claimed.OwnerIdentifier = "";
        await store.ClaimOwnershipAsync([claimed], Ct);

        var left = Assert.Single(await store.ListOwnershipAsync(Namespace, Hub, Group, Ct));

        Assert.Equal("", left.OwnerIdentifier);
        Assert.Single(await store.ClaimOwnershipAsync([Wanted("b", left.Version)], Ct));
    }

    [Fact(Timeout = 60_000)]
    public async Task All_groups_checkpoints_of_a_hub_are_listed()
    {
        var store = new HubCheckpoints(Places);
        await NoteAsync(store, "engine", "1", 7);
        await NoteAsync(store, "analytics", "0", 5);
        await NoteAsync(store, "engine", "0", -1);
        await store.WriteAsync(Namespace, "other", Group, "0", 2, "author", Ct);

        Assert.Equal([new("analytics", 0, 5), new("engine", 0, -1), new("engine", 1, 7)],
            await store.ListCheckpointsAsync(Namespace, Hub, Ct));
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_two_who_want_a_free_partition_one_gets_it()
    {
        var store = new HubCheckpoints(Places);
        var first = await store.ClaimOwnershipAsync([Wanted("a", version: null)], Ct);
        var second = await store.ClaimOwnershipAsync([Wanted("b", version: null)], Ct);

        Assert.Equal("a", Assert.Single(first).OwnerIdentifier);
        Assert.Empty(second);
    }

    [Fact(Timeout = 60_000)]
    public async Task Whoever_saw_the_last_version_may_take_over_and_nobody_else()
    {
        var store = new HubCheckpoints(Places);
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
        store.WriteAsync(
            Namespace, Hub, group, partition, sequenceNumber + 1, "author", Ct).AsTask();

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

public sealed class MemoryGroupPlacesTests : HubCheckpointsContract
{
    private protected override IGroupPlaces Places { get; } =
        new MemoryGroupPlaces(TimeProvider.System);
}

public sealed class BlobGroupPlacesTests(AzuriteServer azurite)
    : HubCheckpointsContract, IClassFixture<AzuriteServer>
{
    private IGroupPlaces? _places;

    [Fact(Timeout = 60_000)]
    public async Task The_blobs_are_where_the_official_clients_look()
    {
        var container = azurite.NewContainer();
        var store = new HubCheckpoints(new BlobGroupPlaces(container));
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

    private protected override IGroupPlaces Places =>
        _places ??= new BlobGroupPlaces(azurite.NewContainer());
}

public sealed class CosmosGroupPlacesTests : HubCheckpointsContract, IAsyncLifetime
{
    private readonly ShopFixture _shop = ShopFixture.Cosmos(new EagerClock());

    public ValueTask InitializeAsync() => _shop.PrepareAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_claim_whose_answer_was_lost_is_ours()
    {
        var group = GroupName.Of(LogName.Of(Namespace, Hub), "profiles");
        var isLost = false;
        _shop.Gate!.Faults = request =>
        {
            if (isLost || request.Kind != RequestKind.CreateItem) return null;
            isLost = true;
            return Fault.LostAfter(Loss.Timeout);
        };

        Assert.Equal("a", (await Places.ClaimAsync(group, "0", "a", null, Ct))?.Owner);
        Assert.Null(await Places.ClaimAsync(group, "0", "b", null, Ct));
    }

    private protected override IGroupPlaces Places => _shop.Stores.Shared!.Places;
}
