using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Api.Hosting;
using StreamCommerce.Tests.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Api.Recommendations;

/// <summary>What is promoted while the service runs, and what becomes of it there.</summary>
public sealed class ModelEndpointTests : IAsyncLifetime
{
    private readonly ServiceFixture _service = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Models => Path.Combine(_service.Folder, "models");

    public ValueTask InitializeAsync()
    {
        _service.Configuration["Models:PollInterval"] = "00:00:00.050";
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_model_that_is_promoted_before_the_start_answers_from_the_first_request()
    {
        await PromoteAsync("m1");
        await _service.InitializeAsync();

        var answer = await _service.GetAsync("/v1/models");

        Assert.Equal("m1", (string?)answer.Json["current"]!["id"]);
        Assert.Equal(0.25, (double?)answer.Json["current"]!["metrics"]!["ndcg@20"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_model_that_is_promoted_later_takes_over_and_a_damaged_one_does_not()
    {
        await _service.InitializeAsync();
        Assert.Null((await _service.GetAsync("/v1/models")).Json["current"]);

        await PromoteAsync("m1");
        await UntilAsync(answer => (string?)answer.Json["current"]?["id"] == "m1");
        await PromoteAsync("m2", damaged: true);
        var refused = await UntilAsync(answer => answer.Json["fault"] is not null);

        Assert.Equal("m1", (string?)refused.Json["current"]!["id"]);
        Assert.Equal("m2", (string?)refused.Json["promoted"]);
        Assert.Contains("checksum does not match", (string?)refused.Json["fault"],
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_recommended_changes_with_the_model_that_is_promoted()
    {
        await _service.InitializeAsync();
        const string similar = "/v1/products/sku-0-%C3%A9/similar";
        Assert.Empty((await _service.GetAsync(similar)).Json["products"]!.AsArray());

        await PromoteAsync("m1");
        await UntilAsync(answer => (string?)answer.Json["current"]?["id"] == "m1");

        var products = (await _service.GetAsync(similar)).Json["products"]!.AsArray();
        Assert.NotEmpty(products);
        Assert.All(products, product => Assert.Contains(
            (string?)product!["source"], new[] { "similar", "linear" }));
    }

    // The test's own limit ends it.
    private async Task<Answer> UntilAsync(Func<Answer, bool> isReached)
    {
        while (true)
        {
            Ct.ThrowIfCancellationRequested();
            var answer = await _service.GetAsync("/v1/models");
            if (isReached(answer)) return answer;
        }
    }

    private async Task PromoteAsync(string id, bool damaged = false)
    {
        using var opened = await _service.OpenModelsAsync();
        var registry = opened.Registry;
        var file = Path.Combine(_service.Folder, id);
        ModelFile.Write(file, SampleModels.Of(id));
        await registry.PublishAsync(file, Ct);
        if (damaged)
        {
            var bytes = await File.ReadAllBytesAsync(file, Ct);
            bytes[^1] ^= 1;
            await File.WriteAllBytesAsync(
                Path.Combine(Models, id + ModelFile.Extension), bytes, Ct);
        }
        var pointer = await registry.ReadPointerAsync(Ct);
        Assert.True(await registry.TryReplacePointerAsync(
            pointer, pointer.Promote(id, default, ""), Ct));
    }
}
