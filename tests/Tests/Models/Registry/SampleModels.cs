using StreamCommerce.Models.Registry;

namespace StreamCommerce.Tests.Models.Registry;

/// <summary>Small models for tests of files and registries.</summary>
internal static class SampleModels
{
    public static RecommendationModel Of(
        string id, int items = 5, int dimensions = 3, int seed = 1,
        IReadOnlyDictionary<string, double>? metrics = null,
        IReadOnlyList<string>? skus = null)
    {
        var random = new Random(seed);
        float[] Draw(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
        return new RecommendationModel
        {
            Manifest = new ModelManifest
            {
                Id = id,
                Trainer = "ials",
                TrainedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
                CodeVersion = "0.1.0",
                DataFrom = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
                DataUntil = new DateTimeOffset(2026, 2, 28, 0, 0, 0, TimeSpan.Zero),
                DataHash = "00ff",
                InteractionCount = 12,
                UserCount = 4,
                ItemCount = items,
                Parameters = new Dictionary<string, double> { ["dimensions"] = dimensions },
                Metrics = metrics ?? new Dictionary<string, double> { ["ndcg@20"] = 0.25 },
            },
            Items = skus ?? [.. Enumerable.Range(0, items).Select(i => $"sku-{i}-é")],
            Dimensions = dimensions,
            ItemFactors = Draw(items * dimensions),
            UserGramian = Draw(dimensions * dimensions),
            FoldIn = new(0.01, 0.003, 1, HalfLifeDays: 30),
            Neighbours = items < 2 ? ItemNeighbours.None : new(
                Enumerable.Range(0, items + 1).ToArray(),
                Enumerable.Range(0, items).Select(i => (i + 1) % items).ToArray(),
                Draw(items)),
            Popularity = Enumerable.Range(0, items).Select(i => (float)i).ToArray(),
        };
    }

    /// <summary>Everything that a model says, as one text.</summary>
    public static string Text(RecommendationModel model) => string.Join('\n',
    [
        model.Manifest.ToString(), string.Join(' ', model.Manifest.Parameters),
        string.Join(' ', model.Manifest.Metrics),
        string.Join(' ', model.Items), model.Dimensions.ToString(Invariant),
        Numbers(model.ItemFactors), Numbers(model.UserGramian), model.FoldIn.ToString(),
        Numbers(model.Neighbours.Starts), Numbers(model.Neighbours.Items),
        Numbers(model.Neighbours.Weights), Numbers(model.Popularity),
    ]).Replace("System.Collections.Generic.Dictionary`2[System.String,System.Double]", "",
        StringComparison.Ordinal);

    private static IFormatProvider Invariant =>
        System.Globalization.CultureInfo.InvariantCulture;

    private static string Numbers<T>(ReadOnlyMemory<T> numbers)
        where T : IFormattable =>
        string.Join(' ', numbers.ToArray().Select(number => number.ToString(null, Invariant)));
}
