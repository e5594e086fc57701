using Microsoft.Azure.Cosmos;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Cosmos.Faults;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Models;

/// <summary>The contract with entries on the local gateway and files in a folder, and what two
/// places for one model may come to.</summary>
public sealed class CosmosModelRegistryTests : ModelRegistryContract
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EagerClock _time = new();
    private readonly CosmosGateway _gateway;
    private readonly CosmosOptions _options;
    private readonly CosmosClient _client;

    public CosmosModelRegistryTests()
    {
        _gateway = new(_time);
        _options = new() { Endpoint = _gateway.Endpoint.ToString(), Key = _gateway.Key };
        _client = NewClient();
    }

    private FolderModelRegistry Files => new(_directory.In("models"), TimeProvider.System);

    [Fact]
    public async Task A_file_whose_entry_was_not_written_is_no_model_until_it_is_published_again()
    {
        var registry = await CreateAsync();
        var file = Write("m1");
        _gateway.Faults = request => request.IsWrite ? Fault.Unavailable : null;
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => registry.PublishAsync(file, Ct));
        _gateway.Faults = null;

        Assert.Single(await Files.ListAsync(Ct));
        Assert.Empty(await registry.ListAsync(Ct));
        await Assert.ThrowsAsync<ModelMissingException>(
            () => registry.FetchAsync("m1", _directory.In("copy"), Ct));
        await registry.PublishAsync(file, Ct);
        Assert.Single(await registry.ListAsync(Ct));
    }

    [Fact]
    public async Task An_entry_is_not_written_before_its_file_is_there()
    {
        var registry = await CreateAsync();
        await File.WriteAllTextAsync(_directory.In("models"), "no folder", Ct);

        await Assert.ThrowsAnyAsync<IOException>(() => registry.PublishAsync(Write("m1"), Ct));

        Assert.Empty(_gateway.ItemsOf(_options.Database, CosmosSchema.Models));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_promotion_whose_answer_was_lost_is_known_for_its_own(bool isFirst)
    {
        var registry = await CreateAsync();
        await registry.PublishAsync(Write("m1"), Ct);
        var seen = ModelPointer.None;
        if (!isFirst)
        {
            seen = seen.Promote("m1", default, "first");
            await registry.TryReplacePointerAsync(ModelPointer.None, seen, Ct);
        }
        var lost = 0;
        _gateway.Faults = request => request.IsWrite && Interlocked.Increment(ref lost) == 1
            ? Fault.LostAfter(Loss.Timeout) : null;

        Assert.True(await registry.TryReplacePointerAsync(
            seen, seen.Promote("m1", default, "lost"), Ct));

        Assert.Equal("lost", (await registry.ReadPointerAsync(Ct)).History[^1].Note);
    }

    [Fact]
    public async Task What_one_instance_promotes_another_reads()
    {
        var registry = await CreateAsync();
        using var other = NewClient();
        var watching = Open(other);
        await registry.PublishAsync(Write("m1"), Ct);
        Assert.Equal(0, (await watching.ReadPointerAsync(Ct)).Revision);
        var first = ModelPointer.None.Promote("m1", default, "first");
        await registry.TryReplacePointerAsync(ModelPointer.None, first, Ct);
        Assert.Equal(1, (await watching.ReadPointerAsync(Ct)).Revision);
        Assert.Equal(1, (await watching.ReadPointerAsync(Ct)).Revision);

        await registry.TryReplacePointerAsync(first, first.Promote("m1", default, "again"), Ct);

        Assert.Equal(2, (await watching.ReadPointerAsync(Ct)).Revision);
    }

    [Fact]
    public async Task A_pointer_that_has_not_changed_is_not_sent_again()
    {
        var registry = await CreateAsync();
        await registry.PublishAsync(Write("m1"), Ct);
        await registry.TryReplacePointerAsync(
            ModelPointer.None, ModelPointer.None.Promote("m1", default, ""), Ct);
        await registry.ReadPointerAsync(Ct);

        await registry.ReadPointerAsync(Ct);

        Assert.Equal(304, _gateway.Requests.OfItems[^1].Status);
    }

    [Fact]
    public async Task A_model_whose_file_is_gone_is_listed_with_its_fault()
    {
        var registry = await CreateAsync();
        await registry.PublishAsync(Write("m1"), Ct);
        File.Delete(_directory.In("models/m1.model"));

        var listed = Assert.Single(await registry.ListAsync(Ct));

        Assert.Null(listed.Manifest);
        Assert.Contains("is not in", listed.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_whose_file_is_gone_cannot_be_promoted()
    {
        var registry = await CreateAsync();
        await registry.PublishAsync(Write("m1"), Ct);
        File.Delete(_directory.In("models/m1.model"));

        await Assert.ThrowsAsync<ModelMissingException>(() => registry.TryReplacePointerAsync(
            ModelPointer.None, ModelPointer.None.Promote("m1", default, ""), Ct));

        Assert.Equal(0, (await registry.ReadPointerAsync(Ct)).Revision);
    }

    [Fact]
    public async Task A_model_keeps_its_manifest_to_the_last_number()
    {
        var registry = await CreateAsync();
        var manifest = await registry.PublishAsync(Write("m1", half: double.PositiveInfinity), Ct);

        var listed = Assert.Single(await registry.ListAsync(Ct)).Manifest!;

        Assert.Equal(manifest.Parameters, listed.Parameters);
        Assert.Equal(manifest.Metrics, listed.Metrics);
        Assert.Equal(manifest.TrainedAt, listed.TrainedAt);
    }

    [Fact]
    public async Task A_damaged_pointer_is_told_with_its_place()
    {
        var registry = await CreateAsync();
        await _client.GetContainer(_options.Database, CosmosSchema.Models).UpsertItemAsync(
            new { id = "current", type = "pointer", revision = 1 }, new("current"),
            cancellationToken: Ct);

        var fault = await Assert.ThrowsAsync<ModelFileException>(
            () => registry.ReadPointerAsync(Ct));

        Assert.Contains("models/current", fault.Message, StringComparison.Ordinal);
    }

    protected override async Task<IModelRegistry> CreateAsync()
    {
        await CosmosDatabase.CreateAsync(_client, _options, null, Ct);
        return Open(_client);
    }

    protected override Task DamageAsync(IModelRegistry registry, string id, byte[] bytes) =>
        File.WriteAllBytesAsync(_directory.In($"models/{id}.model"), bytes, Ct);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _client.Dispose();
        _directory.Dispose();
    }

    private CosmosClient NewClient() => CosmosAccount.Open(_options, settings =>
    {
        settings.HttpClientFactory = () => new(_gateway.Handler, disposeHandler: false);
        settings.LimitToEndpoint = true;
    });

    private IModelRegistry Open(CosmosClient client) =>
        CosmosShop.Open(client, _options, _time).OpenModels!(Files);

    private string Write(string id, double half = 30)
    {
        var file = _directory.In($"{id}{ModelFile.Extension}");
        var model = SampleModels.Of(id);
        ModelFile.Write(file, model with
        {
            Manifest = model.Manifest with
            {
                Parameters = new Dictionary<string, double> { ["half-life"] = half },
            },
        });
        return file;
    }
}
