using Azure.Storage.Blobs;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Registry.Blobs;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Models.Registry;

/// <summary>The contract over the blob storage emulator, where there is one.</summary>
public sealed class BlobModelRegistryTests(AzuriteServer server)
    : ModelRegistryContract, IClassFixture<AzuriteServer>
{
    private BlobContainerClient? _container;

    [Fact]
    public async Task What_another_instance_promoted_is_seen_also_after_an_unchanged_look()
    {
        var registry = await CreateAsync();
        using var directory = new TemporaryDirectory();
        var file = directory.In("m1.model");
        ModelFile.Write(file, SampleModels.Of("m1"));
        await registry.PublishAsync(file, Ct);
        var first = ModelPointer.None.Promote("m1", default, "first");
        await registry.TryReplacePointerAsync(ModelPointer.None, first, Ct);
        Assert.Equal(1, (await registry.ReadPointerAsync(Ct)).Revision);
        Assert.Equal(1, (await registry.ReadPointerAsync(Ct)).Revision);

        var other = new BlobModelRegistry(_container!);
        await other.TryReplacePointerAsync(first, first.Promote("m1", default, "again"), Ct);

        Assert.Equal(2, (await registry.ReadPointerAsync(Ct)).Revision);
    }

    [Fact]
    public async Task What_does_not_answer_is_a_fault_of_the_world()
    {
        await CreateAsync();
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = 0;
        // Nobody listens on the port that is kept for discarding.
        var registry = new BlobModelRegistry(
            new BlobContainerClient(new Uri("http://127.0.0.1:9/account/models"), options));

        await Assert.ThrowsAsync<IOException>(() => registry.ReadPointerAsync(Ct));
    }

    [Fact]
    public void An_address_is_told_without_its_signature() => Assert.Equal(
        "https://shop.blob.core.windows.net/models",
        new BlobModelRegistry(new Uri(
            "https://shop.blob.core.windows.net/models?sv=2024-01-01&sig=secret")).Location);

    protected override Task<IModelRegistry> CreateAsync()
    {
        (var registry, _container) = server.NewRegistry();
        return Task.FromResult<IModelRegistry>(registry);
    }

    protected override async Task DamageAsync(IModelRegistry registry, string id, byte[] bytes) =>
        await _container!.GetBlobClient($"models/{id}.model")
            .UploadAsync(new BinaryData(bytes), overwrite: true, Ct);
}
