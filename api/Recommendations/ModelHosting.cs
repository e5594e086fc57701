using Microsoft.AspNetCore.Http.HttpResults;
using StreamCommerce.Api.Commands.Models;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Storage;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Api.Recommendations;

/// <summary>The models that the service answers with, and <c>/v1/models</c>.</summary>
internal static class ModelHosting
{
    /// <summary>A slot that is kept at the registry's current model.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="options">Where models come from.</param>
    /// <param name="stores">Where their entries are, if not with them.</param>
    /// <param name="prepare">Makes of an opened model what is served; see
    /// <see cref="ModelWatch{T}"/>.</param>
    public static void AddModels<T>(
        this IServiceCollection services, ModelOptions options, ShopStores stores,
        Func<IServiceProvider, OpenedModel, T> prepare)
        where T : class, IDisposable
    {
        services.AddSingleton(options);
        services.AddSingleton(provider =>
        {
            var place = RegistryOptions.Open(options, provider.GetRequiredService<TimeProvider>());
            return stores.OpenModels?.Invoke(place) ?? place;
        });
        services.AddSingleton<ModelSlot<T>>();
        services.AddSingleton<IModelWatch>(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            return new ModelWatch<T>(
                new ModelCache(
                    provider.GetRequiredService<IModelRegistry>(), options.CopyDirectory),
                provider.GetRequiredService<ModelSlot<T>>(),
                opened => prepare(provider, opened), time,
                provider.GetRequiredService<ILogger<ModelWatch<T>>>());
        });
        services.AddHostedService<ModelService>();
    }

    public static void MapModels(this IEndpointRouteBuilder v1) =>
        v1.MapGet("/models", Read).WithTags("Recommendations").WithName("getModels")
            .WithSummary("Tells which model answers, and why another one does not")
            .WithDescription("A promoted model answers within a second. One that is damaged or " +
                "of another format is refused, with the reason, and the one before answers on.");

    private static Ok<ModelsView> Read(IModelWatch watch) =>
        TypedResults.Ok(ModelsView.Of(watch.Status));
}

/// <summary>Which model answers.</summary>
/// <param name="Current">The model that answers; absent where none does yet.</param>
/// <param name="Since">Since when.</param>
/// <param name="Promoted">What the registry calls current.</param>
/// <param name="Fault">Why that one does not answer; absent where all is well.</param>
public sealed record ModelsView(
    ServedModelView? Current, DateTimeOffset? Since, string? Promoted, string? Fault)
{
    internal static ModelsView Of(ModelStatus status) => new(
        status.Serving is { } manifest ? ServedModelView.Of(manifest) : null, status.Since,
        status.PromotedId, status.Fault);
}

/// <summary>What a model tells of itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Trainer">Who trained it.</param>
/// <param name="TrainedAt">When.</param>
/// <param name="DataFrom">The first interaction of its data.</param>
/// <param name="DataUntil">The last one.</param>
/// <param name="Interactions">How many there were.</param>
/// <param name="Items">How many products it knows.</param>
/// <param name="Metrics">What was measured on the hold-out.</param>
public sealed record ServedModelView(
    string Id, string Trainer, DateTimeOffset TrainedAt, DateTimeOffset? DataFrom,
    DateTimeOffset? DataUntil, long Interactions, int Items,
    IReadOnlyDictionary<string, double> Metrics)
{
    internal static ServedModelView Of(ModelManifest manifest) => new(
        manifest.Id, manifest.Trainer, manifest.TrainedAt, manifest.DataFrom, manifest.DataUntil,
        manifest.InteractionCount, manifest.ItemCount, manifest.Metrics);
}
