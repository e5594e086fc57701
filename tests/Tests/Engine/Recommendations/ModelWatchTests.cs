using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Engine.Pipeline;
using StreamCommerce.Tests.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class ModelWatchTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FolderModelRegistry _registry;
    private readonly ModelSlot<OpenedModel> _slot = new();
    private readonly ModelWatch<OpenedModel> _watch;

    public ModelWatchTests()
    {
        _registry = new(_directory.In("models"), TimeProvider.System);
        _watch = new(new(_registry, _directory.In("serving")), _slot, opened => opened, _time,
            NullLogger.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_promoted_model_none_answers_and_nothing_is_at_fault()
    {
        await _watch.LookAsync(Ct);

        Assert.Equal(ModelStatus.None, _watch.Status);
        Assert.Null(Serving());
    }

    [Fact]
    public async Task A_promoted_model_answers_after_the_next_look()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var running = _watch.RunAsync(TimeSpan.FromMilliseconds(250), stop.Token);
        await PromoteAsync("m1");

        while (_watch.Status.Serving is null)
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        Assert.Equal("m1", Serving());
        Assert.Equal("m1", _watch.Status.Serving.Id);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_damaged_model_is_refused_and_the_one_before_answers_on()
    {
        await PromoteAsync("m1");
        await _watch.LookAsync(Ct);
        await PromoteAsync("m2", damage: bytes => bytes[^1] ^= 1);

        await _watch.LookAsync(Ct);

        Assert.Equal("m1", Serving());
        Assert.Equal(("m1", "m2"), (_watch.Status.Serving!.Id, _watch.Status.PromotedId));
        Assert.Contains("section popularity: its checksum does not match", _watch.Status.Fault,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_of_an_older_format_is_refused()
    {
        await PromoteAsync("m1", damage: bytes => bytes[8] = 0);

        await _watch.LookAsync(Ct);

        Assert.Null(Serving());
        Assert.Contains("An older program has written it", _watch.Status.Fault,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_model_that_was_repaired_answers_after_a_while()
    {
        await PromoteAsync("m1", damage: bytes => bytes[^1] ^= 1);
        await _watch.LookAsync(Ct);
        ModelFile.Write(_directory.In("models/m1.model"), SampleModels.Of("m1"));

        await _watch.LookAsync(Ct);
        Assert.Null(Serving());
        _time.Advance(ModelWatch<OpenedModel>.RetryInterval);
        await _watch.LookAsync(Ct);

        Assert.Equal("m1", Serving());
        Assert.Null(_watch.Status.Fault);
    }

    [Fact]
    public async Task Rolling_back_brings_the_former_model_and_ends_the_fault()
    {
        await PromoteAsync("m1");
        await _watch.LookAsync(Ct);
        await PromoteAsync("m2", damage: bytes => bytes[100] ^= 1);
        await _watch.LookAsync(Ct);
        Assert.NotNull(_watch.Status.Fault);
        var pointer = await _registry.ReadPointerAsync(Ct);
        await _registry.TryReplacePointerAsync(pointer, pointer.RollBack(default, "")!, Ct);

        await _watch.LookAsync(Ct);

        Assert.Equal("m1", Serving());
        Assert.Null(_watch.Status.Fault);
    }

    [Fact]
    public async Task A_damaged_pointer_leaves_the_model_and_is_told()
    {
        await PromoteAsync("m1");
        await _watch.LookAsync(Ct);
        await File.WriteAllTextAsync(_directory.In("models/current.json"), "{", Ct);

        await _watch.LookAsync(Ct);

        Assert.Equal("m1", Serving());
        Assert.Contains("current.json", _watch.Status.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_prepared_is_refused_and_closed()
    {
        await PromoteAsync("m1");
        OpenedModel? seen = null;
        var watch = new ModelWatch<OpenedModel>(new(_registry, _directory.In("serving")), _slot,
            opened => throw new InvalidOperationException((seen = opened).FilePath), _time,
            NullLogger.Instance);

        await watch.LookAsync(Ct);

        Assert.Equal(seen!.FilePath, watch.Status.Fault);
        Assert.Throws<ObjectDisposedException>(() => seen.Model.Popularity.Span[0]);
    }

    [Fact]
    public async Task Changing_the_registrys_file_in_place_does_not_reach_what_answers()
    {
        await PromoteAsync("m1");
        await _watch.LookAsync(Ct);

        await File.WriteAllTextAsync(_directory.In("models/m1.model"), "gone", Ct);

        using var lease = _slot.Acquire();
        Assert.Equal(
            SampleModels.Text(SampleModels.Of("m1")), SampleModels.Text(lease.Value!.Model));
    }

    [Fact]
    public async Task Copies_are_kept_of_this_model_and_the_one_before()
    {
        foreach (var id in new[] { "m1", "m2", "m3" })
        {
            await PromoteAsync(id);
            await _watch.LookAsync(Ct);
        }

        Assert.Equal(["m2.model", "m3.model"], Directory.GetFiles(_directory.In("serving"))
            .Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }

    public void Dispose()
    {
        _slot.Dispose();
        _directory.Dispose();
    }

    private string? Serving()
    {
        using var lease = _slot.Acquire();
        return lease.Value?.Model.Manifest.Id;
    }

    private async Task PromoteAsync(string id, Action<byte[]>? damage = null)
    {
        var file = _directory.In(id);
        ModelFile.Write(file, SampleModels.Of(id));
        await _registry.PublishAsync(file, Ct);
        if (damage is not null)
        {
            var bytes = await File.ReadAllBytesAsync(file, Ct);
            damage(bytes);
            await File.WriteAllBytesAsync(_directory.In($"models/{id}.model"), bytes, Ct);
        }
        var pointer = await _registry.ReadPointerAsync(Ct);
        Assert.True(await _registry.TryReplacePointerAsync(
            pointer, pointer.Promote(id, default, ""), Ct));
    }
}
