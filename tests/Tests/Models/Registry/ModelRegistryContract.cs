using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Models.Registry;

/// <summary>What <see cref="IModelRegistry"/> promises, for every adapter.</summary>
public abstract class ModelRegistryContract : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _files = new();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>An empty registry; skips the test where this machine has none.</summary>
    protected abstract Task<IModelRegistry> CreateAsync();

    /// <summary>Puts bytes where the registry keeps the file of a model.</summary>
    protected abstract Task DamageAsync(IModelRegistry registry, string id, byte[] bytes);

    [Fact]
    public async Task A_new_registry_has_no_models_and_nothing_is_current()
    {
        var registry = await CreateAsync();

        Assert.Empty(await registry.ListAsync(Ct));
        Assert.Equal(0, (await registry.ReadPointerAsync(Ct)).Revision);
        Assert.Null((await registry.ReadPointerAsync(Ct)).ModelId);
    }

    [Fact]
    public async Task A_published_model_is_listed_and_fetched_as_it_was()
    {
        var registry = await CreateAsync();
        var file = Write("m1");

        var manifest = await registry.PublishAsync(file, Ct);

        Assert.Equal("m1", manifest.Id);
        var listed = Assert.Single(await registry.ListAsync(Ct));
        Assert.Equal(("m1", new FileInfo(file).Length), (listed.Id, listed.Bytes));
        Assert.Equal("ials", listed.Manifest!.Trainer);
        var copy = _files.In("copy");
        await registry.FetchAsync("m1", copy, Ct);
        Assert.Equal(
            await File.ReadAllBytesAsync(file, Ct), await File.ReadAllBytesAsync(copy, Ct));
    }

    [Fact]
    public async Task Models_are_listed_by_id()
    {
        var registry = await CreateAsync();
        foreach (var id in new[] { "b", "c", "a" }) await registry.PublishAsync(Write(id), Ct);

        Assert.Equal(["a", "b", "c"], (await registry.ListAsync(Ct)).Select(model => model.Id));
    }

    [Fact]
    public async Task The_same_file_again_is_no_error_and_another_one_is()
    {
        var registry = await CreateAsync();
        await registry.PublishAsync(Write("m1"), Ct);

        await registry.PublishAsync(Write("m1"), Ct);

        await Assert.ThrowsAsync<ModelConflictException>(
            () => registry.PublishAsync(Write("m1", seed: 2), Ct));
        Assert.Single(await registry.ListAsync(Ct));
    }

    [Fact]
    public async Task A_damaged_file_is_not_published()
    {
        var registry = await CreateAsync();
        var file = Write("m1");
        var bytes = await File.ReadAllBytesAsync(file, Ct);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Ct);

        await Assert.ThrowsAsync<ModelFileException>(() => registry.PublishAsync(file, Ct));
        Assert.Empty(await registry.ListAsync(Ct));
    }

    [Fact]
    public async Task A_model_that_there_is_not_can_neither_be_fetched_nor_promoted()
    {
        var registry = await CreateAsync();

        await Assert.ThrowsAsync<ModelMissingException>(
            () => registry.FetchAsync("m1", _files.In("copy"), Ct));
        await Assert.ThrowsAsync<ModelMissingException>(() => registry.TryReplacePointerAsync(
            ModelPointer.None, ModelPointer.None.Promote("m1", Now, ""), Ct));
        await Assert.ThrowsAsync<ModelMissingException>(
            () => registry.FetchAsync("../m1", _files.In("copy"), Ct));
    }

    [Fact]
    public async Task A_promoted_model_is_current_and_the_history_tells_what_was()
    {
        var registry = await CreateAsync();
        await registry.PublishAsync(Write("m1"), Ct);
        await registry.PublishAsync(Write("m2"), Ct);
        var first = ModelPointer.None.Promote("m1", Now, "first");

        Assert.True(await registry.TryReplacePointerAsync(ModelPointer.None, first, Ct));
        var second = (await registry.ReadPointerAsync(Ct)).Promote("m2", Now, "better");
        Assert.True(await registry.TryReplacePointerAsync(first, second, Ct));

        var pointer = await registry.ReadPointerAsync(Ct);
        Assert.Equal((2, "m2"), (pointer.Revision, pointer.ModelId));
        Assert.Equal(
            [new("m1", PromotionKind.Promoted, Now, "first"),
                new Promotion("m2", PromotionKind.Promoted, Now, "better")],
            pointer.History);
    }

    [Fact]
    public async Task A_change_after_something_else_than_what_is_there_is_refused()
    {
        var registry = await CreateAsync();
        await registry.PublishAsync(Write("m1"), Ct);
        var first = ModelPointer.None.Promote("m1", Now, "");
        Assert.True(await registry.TryReplacePointerAsync(ModelPointer.None, first, Ct));

        Assert.False(await registry.TryReplacePointerAsync(
            ModelPointer.None, ModelPointer.None.Promote("m1", Now, "late"), Ct));

        Assert.Equal("", (await registry.ReadPointerAsync(Ct)).History.Single().Note);
    }

    [Fact]
    public async Task Of_racing_changes_exactly_one_wins()
    {
        var registry = await CreateAsync();
        await registry.PublishAsync(Write("m1"), Ct);

        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => registry.TryReplacePointerAsync(ModelPointer.None,
                ModelPointer.None.Promote("m1", Now, $"racer {i}"), Ct), Ct)));

        Assert.Single(won, true);
        var winner = Array.IndexOf(won, true);
        Assert.Equal(
            $"racer {winner}", (await registry.ReadPointerAsync(Ct)).History.Single().Note);
    }

    [Fact]
    public async Task A_damaged_model_is_listed_with_its_fault()
    {
        var registry = await CreateAsync();
        await registry.PublishAsync(Write("m1"), Ct);
        await DamageAsync(registry, "m1", new byte[100]);

        var listed = Assert.Single(await registry.ListAsync(Ct));

        Assert.Null(listed.Manifest);
        Assert.Contains("is no model file", listed.Fault, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _files.Dispose();

    private string Write(string id, int seed = 1)
    {
        var file = _files.In($"{id}-{seed}{ModelFile.Extension}");
        ModelFile.Write(file, SampleModels.Of(id, seed: seed));
        return file;
    }
}

public sealed class MemoryModelRegistryTests : ModelRegistryContract
{
    protected override Task<IModelRegistry> CreateAsync() =>
        Task.FromResult<IModelRegistry>(new MemoryModelRegistry());

    protected override Task DamageAsync(IModelRegistry registry, string id, byte[] bytes)
    {
        ((MemoryModelRegistry)registry).Overwrite(id, bytes);
        return Task.CompletedTask;
    }
}
