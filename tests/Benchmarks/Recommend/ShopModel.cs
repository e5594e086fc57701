using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Benchmarks.Recommend;

/// <summary>A model of 64 factors, trained on visitors' histories.</summary>
internal static class ShopModel
{
    private const int Epochs = 3;
    private const int SampleQueries = 512;

    /// <summary>The names under which the model is published: the first is current.</summary>
    public static readonly string[] Ids = ["benchmark", "benchmark-again"];

    /// <summary>Trains a model with its index, publishes it and makes it the current one.</summary>
    public static async Task PublishAsync(string registryDirectory, Histories histories)
    {
        var time = TimeProvider.System;
        var options = new IalsOptions
        {
            Epochs = Epochs,
            ThreadCount = Environment.ProcessorCount,
        };
        var trained = IalsTrainer.Train(histories, options);
        var model = ModelOf(trained, histories, options, time.GetUtcNow(), Ids[0]);
        var index = ItemIndexBuilder.Build(
            new ItemFactors(model.ItemFactors, model.Dimensions),
            trained.UserFactors.AsMemory(0, Math.Min(trained.UserFactors.Length,
                SampleQueries * trained.Dimensions)),
            new ItemIndexOptions { ThreadCount = Environment.ProcessorCount });

        var registry = new FolderModelRegistry(registryDirectory, time);
        var file = Path.Combine(
            Path.GetDirectoryName(Path.GetFullPath(registryDirectory))!, "benchmark.model");
        foreach (var id in Ids)
        {
            ModelFile.Write(file, ModelOf(trained, histories, options, time.GetUtcNow(), id),
                ItemIndexSections.Of(index));
            await registry.PublishAsync(file, CancellationToken.None);
            File.Delete(file);
        }
        var pointer = ModelPointer.None.Promote(
            model.Manifest.Id, time.GetUtcNow(), "for a benchmark");
        if (!await registry.TryReplacePointerAsync(
            ModelPointer.None, pointer, CancellationToken.None))
        {
            throw new InvalidOperationException("Another model is current.");
        }
    }

    private static RecommendationModel ModelOf(
        FactorizationModel trained, Histories histories, IalsOptions options, DateTimeOffset now,
        string id) =>
        new()
        {
            Manifest = new ModelManifest
            {
                Id = id,
                Trainer = "ials",
                TrainedAt = now,
                CodeVersion = "benchmark",
                DataHash = "simulated",
                InteractionCount = histories.EntryCount,
                UserCount = histories.UserCount,
                ItemCount = histories.ItemCount,
                Parameters = new Dictionary<string, double> { ["epochs"] = options.Epochs },
                Metrics = new Dictionary<string, double>(),
            },
            Items = [.. Enumerable.Range(0, histories.ItemCount).Select(RecommendShop.ProductId)],
            Dimensions = trained.Dimensions,
            ItemFactors = trained.ItemFactors,
            UserGramian = trained.UserGramian,
            FoldIn = new FoldInParameters(options.UnobservedWeight, options.Regularization,
                options.FrequencyExponent),
            Neighbours = ItemNeighbours.None,
            Popularity = trained.Popularity,
        };
}
