using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.MLNet;

/// <summary>
/// ML.NET's matrix factorization, which is LIBMF (Chin et al., "LIBMF: A Library for Parallel
/// Matrix Factorization in Shared-memory Systems", JMLR 2016), as families beside our own: users
/// are the rows, items the columns. With more than one thread its outcome differs from run to run.
/// </summary>
public static class MLNetFamilies
{
    private static readonly ParameterRange Dimensions = new("dimensions", 64, [16, 32, 64, 128]);

    /// <summary>What was seen is 1, and all else near 0 by little weight: coordinate descent (Yu et
    /// al., "Selection of Negative Samples for One-class Matrix Factorization", SDM 2017).
    /// </summary>
    public static readonly RankerFamily OneClass = new("mlnet-one-class",
    [
        Dimensions,
        new("iterations", 20, [10, 20, 40]),
        new("lambda", 0.05, [0.005, 0.01, 0.02, 0.05, 0.1]),
        new("alpha", 0.01, [0.001, 0.003, 0.01, 0.03]),
    ], (histories, parameters, context, ct) => Train(
        histories, MatrixEntries.Observed(histories), OneClassOptions(parameters), context, ct));

    /// <summary>What was seen is 1, drawn entries are 0: stochastic gradients.</summary>
    public static readonly RankerFamily Regression = new("mlnet-regression",
    [
        Dimensions,
        new("iterations", 20, [10, 20, 40]),
        new("lambda", 0.05, [0.005, 0.01, 0.02, 0.05, 0.1]),
        new("learningRate", 0.1, [0.03, 0.1, 0.2]),
        new("zeros", 2, [1, 2, 4, 8]),
    ], (histories, parameters, context, ct) => Train(
        histories,
        MatrixEntries.WithDrawnZeros(histories, parameters.GetInt32("zeros"), context.Seed),
        RegressionOptions(parameters), context, ct));

    public static IReadOnlyList<RankerFamily> All { get; } = [OneClass, Regression];

    private static MatrixFactorizationTrainer.Options OneClassOptions(ParameterSet parameters)
    {
        var options = OptionsOf(parameters);
        options.LossFunction = MatrixFactorizationTrainer.LossFunctionType.SquareLossOneClass;
        options.Alpha = parameters["alpha"];
        // What is not seen is drawn to this.
        options.C = 0;
        return options;
    }

    private static MatrixFactorizationTrainer.Options RegressionOptions(ParameterSet parameters)
    {
        var options = OptionsOf(parameters);
        options.LossFunction = MatrixFactorizationTrainer.LossFunctionType.SquareLossRegression;
        options.LearningRate = parameters["learningRate"];
        return options;
    }

    private static MatrixFactorizationTrainer.Options OptionsOf(ParameterSet parameters) => new()
    {
        MatrixRowIndexColumnName = nameof(Entry.User),
        MatrixColumnIndexColumnName = nameof(Entry.Item),
        LabelColumnName = nameof(Entry.Label),
        ApproximationRank = parameters.GetInt32("dimensions"),
        NumberOfIterations = parameters.GetInt32("iterations"),
        Lambda = parameters["lambda"],
        Quiet = true,
    };

    private static IRanker Train(
        Histories histories, IReadOnlyList<MatrixEntry> entries,
        MatrixFactorizationTrainer.Options options, TrainingContext context, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        NativeThreads.LetSleep();
        options.NumberOfThreads = context.ThreadCount;
        var ml = new MLContext(context.Seed);
        var data = ml.Data.LoadFromEnumerable(
            entries.Select(entry => new Entry
            {
                // Counted from 0 in memory: the view adds the 1 that its keys begin with.
                User = (uint)entry.User,
                Item = (uint)entry.Item,
                Label = entry.Label,
            }),
            SchemaOf(histories));
        // It takes no token: it runs to its end.
        var model = ml.Recommendation().Trainers.MatrixFactorization(options).Fit(data).Model;
        context.Progress?.Report(1);
        ct.ThrowIfCancellationRequested();
        return ForeignFactors.ToRanker(
            histories, model.ApproximationRank, [.. model.LeftFactorMatrix],
            [.. model.RightFactorMatrix], FoldInOf(options), context.ThreadCount, ct);
    }

    private static SchemaDefinition SchemaOf(Histories histories)
    {
        // The attribute for it needs a constant; how many there are is known only now.
        var schema = SchemaDefinition.Create(typeof(Entry));
        schema[nameof(Entry.User)].ColumnType =
            new KeyDataViewType(typeof(uint), histories.UserCount);
        schema[nameof(Entry.Item)].ColumnType =
            new KeyDataViewType(typeof(uint), histories.ItemCount);
        return schema;
    }

    // A user's part of the loss, the items given: the same normal equations as ours, with λ as it
    // is (one class) or once for each of the user's entries (stochastic gradients).
    private static FoldInParameters FoldInOf(MatrixFactorizationTrainer.Options options) =>
        options.LossFunction == MatrixFactorizationTrainer.LossFunctionType.SquareLossOneClass
            ? new(options.Alpha, options.Lambda, 0)
            : new(1e-6, options.Lambda, 1);

    private sealed class Entry
    {
        public uint User { get; set; }

        public uint Item { get; set; }

        public float Label { get; set; }
    }
}
