using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Api.Events;
using StreamCommerce.Tests.Api.Hosting;
using StreamCommerce.Tests.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Api.Recommendations;

/// <summary>What is put into the catalogue of a running service that answers from a model.
/// </summary>
public sealed class NewcomerEndpointTests : IAsyncLifetime
{
    private readonly ServiceFixture _service = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await PromoteAsync();
        await _service.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_new_product_is_recommended_by_its_category_before_anybody_has_touched_it()
    {
        await PutAsync("sku-0-é", "known");
        await PutAsync("sku-1-é", "known");
        await _service.PostAsync("/v1/events", EventTexts.Batch(
            EventTexts.View("e1", "me", "sku-0-é"), EventTexts.View("e2", "me", "sku-1-é")));
        await _service.GetAsync("/v1/stats?wait=true");

        await PutAsync("just-in", "known");

        // By the next refresh; the test's own limit ends it.
        string? source;
        do
        {
            Ct.ThrowIfCancellationRequested();
            var answer = await _service.GetAsync("/v1/recommendations?visitor=me&k=20");
            source = answer.Json["products"]!.AsArray()
                .Where(product => (string?)product!["productId"] == "just-in")
                .Select(product => (string?)product!["source"]).SingleOrDefault();
        }
        while (source != "factors");
    }

    private Task<Answer> PutAsync(string id, string category) => _service.PutAsync(
        $"/v1/products/{Uri.EscapeDataString(id)}", $$$"""
        {"title":"The {{{id}}}","categories":["{{{category}}}"],
         "price":{"amount":2.50,"currency":"EUR"}}
        """);

    private async Task PromoteAsync()
    {
        using var opened = await _service.OpenModelsAsync();
        var registry = opened.Registry;
        var file = Path.Combine(_service.Folder, "m1");
        ModelFile.Write(file, SampleModels.Of("m1"));
        await registry.PublishAsync(file, Ct);
        var pointer = await registry.ReadPointerAsync(Ct);
        Assert.True(await registry.TryReplacePointerAsync(
            pointer, pointer.Promote("m1", default, ""), Ct));
    }
}
