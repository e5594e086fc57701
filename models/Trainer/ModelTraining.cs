using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Linear;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Trainer;

/// <summary>What a model is to be trained with.</summary>
/// <param name="Family">The kind of ranker.</param>
/// <param name="Parameters">The family's parameters.</param>
/// <param name="Weights">Weights of views, carts and purchases, and their decay; the other
/// parameters of a fold-in are the family's.</param>
public sealed record TrainingPlan(
    RankerFamily Family, ParameterSet Parameters, FoldInParameters Weights)
{
    /// <summary>Neighbours of an item that a model keeps: as many as a page of similar items and
    /// what its rules take away.</summary>
    public int NeighbourLimit { get; init; } = 50;

    /// <summary>The program's version, for the manifest.</summary>
    public string CodeVersion { get; init; } = "";

    /// <summary>Weights of the kinds of interaction where nothing else is said.</summary>
    public static FoldInParameters UsualWeights { get; } = new(0, 0, 0);
}

/// <summary>Trains a ranker and makes a model of it that can be published.</summary>
public static class ModelTraining
{
    /// <summary>Trains the plan's ranker.</summary>
    /// <param name="plan">What to train.</param>
    /// <param name="histories">What to learn from.</param>
    /// <param name="context">Seed, threads, progress.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="ArgumentException">A parameter is outside its limits.</exception>
    public static IRanker Train(
        TrainingPlan plan, Histories histories, TrainingContext context, CancellationToken ct) =>
        plan.Family.Train(histories, plan.Parameters, context, ct);

    /// <summary>Makes a model of a trained ranker. It has not been measured: a model keeps less
    /// than what was trained, so that only <see cref="Measure"/> tells what it is worth.</summary>
    /// <param name="plan">What it was trained with.</param>
    /// <param name="ranker">What was trained.</param>
    /// <param name="data">What it was trained from.</param>
    /// <param name="histories">The same, weighed.</param>
    /// <param name="context">Seed, threads, progress.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="InvalidDataException">The ranker keeps nothing that a model file holds.
    /// </exception>
    public static RecommendationModel ToModel(
        TrainingPlan plan, IRanker ranker, TrainingData data, Histories histories,
        TrainingContext context, DateTimeOffset now, CancellationToken ct)
    {
        var factors = (ranker as FactorizationRanker)?.Model;
        var foldIn = (ranker as FactorizationRanker)?.FoldInParameters ?? plan.Weights;
        // A linear model's weights are neighbours already; beside factors they are counted.
        var weights = ranker is ItemWeightRanker linear
            ? linear : factors is null ? null : Count(histories, plan, context, ct);
        if (weights is null)
        {
            throw new InvalidDataException(Unpublishable(plan.Family));
        }
        return new RecommendationModel
        {
            Manifest = ManifestOf(plan, data, context, now),
            Items = data.Items,
            Dimensions = factors?.Dimensions ?? 0,
            ItemFactors = factors?.ItemFactors ?? [],
            UserGramian = factors?.UserGramian ?? [],
            FoldIn = foldIn with
            {
                ViewWeight = plan.Weights.ViewWeight,
                CartWeight = plan.Weights.CartWeight,
                PurchaseWeight = plan.Weights.PurchaseWeight,
                HalfLifeDays = plan.Weights.HalfLifeDays,
            },
            Neighbours = Heaviest(weights.Weights, plan.NeighbourLimit),
            Popularity = PopularityOf(histories),
        };
    }

    /// <summary>Why no model can be made of what a family learns; null where one can.</summary>
    public static string? Refusal(RankerFamily family) =>
        family.IsPublishable ? null : Unpublishable(family);

    /// <summary>Asks a model as it will be published, and tells of the answers in its manifest.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="questions">By the numbers of its own items, or of more.</param>
    /// <param name="items">Their ids.</param>
    /// <param name="context">Threads, progress.</param>
    /// <param name="ct">Ends it early.</param>
    public static (RecommendationModel Model, RankingMetrics Metrics) Measure(
        RecommendationModel model, EvaluationSplit questions, IReadOnlyList<string> items,
        TrainingContext context, CancellationToken ct)
    {
        var metrics = Evaluator.Evaluate(
            new ModelRanker(model, items, context.ThreadCount), questions, context, ct);
        return (model with
        {
            Manifest = model.Manifest with
            {
                Metrics = metrics.Named,
                Protocol = questions.Protocol.Name,
            },
        }, metrics);
    }

    /// <summary>A model of all data, which nothing is left to measure by, with what was measured of
    /// the one that was trained in the same way from the part before a cut.</summary>
    public static RecommendationModel WithMetricsOf(
        this RecommendationModel model, ModelManifest measured) => model with
        {
            Manifest = model.Manifest with
            {
                Metrics = measured.Metrics,
                Protocol = measured.Protocol,
                MeasuredUntil = measured.DataUntil,
            },
        };

    private static string Unpublishable(RankerFamily family) =>
        $"What '{family.Name}' learns is no part of a model file: it can be compared, not " +
        $"published. Publish a factorization ('{FactorizationFamily.Name}') or a linear model.";

    private static ItemWeightRanker? Count(
        Histories histories, TrainingPlan plan, TrainingContext context, CancellationToken ct)
    {
        var family = CoOccurrence.Family;
        var parameters = new ParameterSet(family.Parameters)
            .With("neighbours", plan.NeighbourLimit);
        return family.Train(histories, parameters, context, ct)
            as ItemWeightRanker;
    }

    private static ItemNeighbours Heaviest(SparseMatrix weights, int limit)
    {
        var starts = new int[weights.RowCount + 1];
        var items = new List<int>();
        var values = new List<float>();
        var top = new RankedItem[limit];
        for (var item = 0; item < weights.RowCount; item++)
        {
            var columns = weights.ColumnsOf(item);
            var row = weights.ValuesOf(item);
            var count = 0;
            for (var i = 0; i < columns.Length; i++)
            {
                if (columns[i] != item && row[i] > 0)
                    count = TopItems.Insert(top, count, new(columns[i], row[i]));
            }
            foreach (var (neighbour, weight) in top.AsSpan(0, count))
            {
                items.Add(neighbour);
                values.Add(weight);
            }
            starts[item + 1] = items.Count;
        }
        return new(starts, items.ToArray(), values.ToArray());
    }

    private static float[] PopularityOf(Histories histories)
    {
        var popularity = new float[histories.ItemCount];
        foreach (var entry in histories.Entries) popularity[entry.Item] += entry.Weight;
        return popularity;
    }

    private static ModelManifest ManifestOf(
        TrainingPlan plan, TrainingData data, TrainingContext context, DateTimeOffset now)
    {
        var hash = data.Hash();
        var range = data.Range();
        var parameters = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["seed"] = context.Seed,
            ["viewWeight"] = plan.Weights.ViewWeight,
            ["cartWeight"] = plan.Weights.CartWeight,
            ["purchaseWeight"] = plan.Weights.PurchaseWeight,
            ["interactionHalfLifeDays"] = plan.Weights.HalfLifeDays,
        };
        foreach (var (name, value) in plan.Parameters.Values) parameters[name] = value;
        return new ModelManifest
        {
            Id = IdOf(plan.Family.Name, now, hash, parameters),
            Trainer = plan.Family.Name,
            TrainedAt = now,
            CodeVersion = plan.CodeVersion,
            DataFrom = range?.From,
            DataUntil = range?.Until,
            DataHash = hash,
            InteractionCount = data.InteractionCount,
            UserCount = data.UserCount,
            ItemCount = data.Items.Count,
            Parameters = parameters,
            Metrics = new Dictionary<string, double>(),
        };
    }

    // Begins with the time, so that ids sort by it; ends with what tells two of one second apart.
    private static string IdOf(
        string trainer, DateTimeOffset now, string hash,
        SortedDictionary<string, double> parameters)
    {
        var text = $"{hash} {string.Join(' ', parameters.Select(parameter => string.Create(
            CultureInfo.InvariantCulture, $"{parameter.Key}={parameter.Value:R}")))}";
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..6];
        return string.Create(CultureInfo.InvariantCulture,
            $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{trainer}-{mark}");
    }
}
