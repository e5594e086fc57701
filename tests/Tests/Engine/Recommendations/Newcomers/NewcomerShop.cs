using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Newcomers;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Tests.Engine.Recommendations.Newcomers;

/// <summary>A shop whose model knows two tastes, camping along the first axis and sport along the
/// second, and into which products come that it has not seen.</summary>
internal sealed class NewcomerShop : IAsyncDisposable
{
    private static readonly (string Sku, string Category, float[] Factor)[] Trained =
    [
        ("tent", "camping", [1, 0, 0.1f]), ("lamp", "camping", [0.9f, 0.1f, 0]),
        ("mat", "camping", [0.7f, 0, 0]), ("rope", "camping", [0.8f, 0, 0.1f]),
        ("shoe", "sport", [0, 1, 0.1f]), ("sock", "sport", [0.1f, 0.8f, 0]),
        ("ball", "sport", [0, 0.7f, 0.1f]), ("cap", "sport", [0, 0.9f, 0]),
    ];

    private NewcomerShop(ServingRig rig) =>
        (Rig, Learning) = (rig, new NewcomerLearning(rig.Engine, rig.Shelf));

    public ServingRig Rig { get; }

    public NewcomerLearning Learning { get; }

    /// <summary>The model that answers.</summary>
    public ServedModel Model { get; private set; } = null!;

    public static async Task<NewcomerShop> StartAsync(bool withCatalogue = true)
    {
        var shop = new NewcomerShop(await ServingRig.StartAsync());
        if (withCatalogue) shop.PutTrained();
        shop.Serve(shop.NewModel());
        return shop;
    }

    /// <summary>Puts up what the model knows.</summary>
    public void PutTrained()
    {
        foreach (var (sku, category, _) in Trained) Rig.Put(sku, category);
    }

    public int ItemOf(string sku) => Rig.Engine.Items.Resolve(new(sku));

    /// <summary>A model of the shop's first products, and of more along the first axis.</summary>
    public ServedModel NewModel(params string[] more) => ServedModel.Of(new RecommendationModel
    {
        Manifest = new()
        {
            Id = $"m{more.Length}",
            Trainer = "ials",
            TrainedAt = ServingRig.Noon,
            CodeVersion = "0",
            DataFrom = ServingRig.Noon.AddDays(-30),
            DataUntil = ServingRig.Noon,
            DataHash = "",
            InteractionCount = 400,
            UserCount = 100,
            ItemCount = Trained.Length + more.Length,
            Parameters = new Dictionary<string, double>(),
            Metrics = new Dictionary<string, double>(),
        },
        Items = [.. Trained.Select(item => item.Sku), .. more],
        Dimensions = 3,
        ItemFactors = Trained.SelectMany(item => item.Factor)
            .Concat(more.SelectMany(_ => new[] { 1f, 0, 0 })).ToArray(),
        UserGramian = new float[] { 30, 0, 0, 0, 30, 0, 0, 0, 3 },
        FoldIn = new(UnobservedWeight: 0.1, Regularization: 0.01, FrequencyExponent: 1),
        Neighbours = ItemNeighbours.None,
        Popularity = Enumerable.Repeat(50f, Trained.Length + more.Length).ToArray(),
    }, Rig.Engine.Items);

    public void Serve(ServedModel model)
    {
        Model = model;
        Learning.Refresh(model);
        Rig.Models.Replace(model);
    }

    public void Refresh() => Learning.Refresh(Model);

    /// <summary>Somebody looks at products, one after another.</summary>
    public Task LookAsync(string visitor, params string[] skus) => Rig.HandleAsync(
        skus.Select((sku, minute) => Rig.View(visitor, sku, minute)));

    /// <summary>The cosine of two products' factors; null where one has none.</summary>
    public float? Cosine(string left, string right) =>
        Model.CosineOf(ItemOf(left), ItemOf(right));

    public ValueTask DisposeAsync() => Rig.DisposeAsync();
}
