using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Models.Registry;

public sealed class FolderModelRegistryTests : ModelRegistryContract
{
    private readonly TemporaryDirectory _directory = new();

    private FolderModelRegistry Registry => new(_directory.In("models"), TimeProvider.System);

    [Fact]
    public async Task What_a_crash_left_unfinished_is_not_seen_and_does_not_disturb()
    {
        var registry = Registry;
        var file = _directory.In("m1.model");
        ModelFile.Write(file, SampleModels.Of("m1"));
        await registry.PublishAsync(file, Ct);
        var pointer = ModelPointer.None.Promote("m1", default, "");
        await registry.TryReplacePointerAsync(ModelPointer.None, pointer, Ct);
        await File.WriteAllTextAsync(_directory.In("models/current.json.new"), "{ \"rev", Ct);
        await File.WriteAllTextAsync(_directory.In("models/m2.model.new"), "half", Ct);
        await File.WriteAllTextAsync(_directory.In("models/lock"), "", Ct);

        Assert.Equal("m1", Assert.Single(await registry.ListAsync(Ct)).Id);
        Assert.Equal("m1", (await registry.ReadPointerAsync(Ct)).ModelId);
        Assert.True(await registry.TryReplacePointerAsync(
            pointer, pointer.Promote("m1", default, "again"), Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{ "formatVersion": 1, "revision": 1, "modelId": "b", "history": [] }""")]
    [InlineData("""{ "formatVersion": 9, "revision": 1, "modelId": "b", "history": [] }""")]
    public async Task A_damaged_pointer_is_told_with_its_file(string text)
    {
        Directory.CreateDirectory(_directory.In("models"));
        await File.WriteAllTextAsync(_directory.In("models/current.json"), text, Ct);

        var fault = await Assert.ThrowsAsync<ModelFileException>(
            () => Registry.ReadPointerAsync(Ct));

        Assert.Contains("current.json", fault.Message, StringComparison.Ordinal);
    }

    protected override Task<IModelRegistry> CreateAsync() =>
        Task.FromResult<IModelRegistry>(Registry);

    protected override Task DamageAsync(IModelRegistry registry, string id, byte[] bytes) =>
        File.WriteAllBytesAsync(_directory.In($"models/{id}.model"), bytes, Ct);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _directory.Dispose();
    }
}
