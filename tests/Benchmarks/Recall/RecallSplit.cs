using StreamCommerce.Models.Blending;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Benchmarks.Recall;

/// <summary>What somebody else has published for a split, or what is asked of us.</summary>
/// <param name="Name">The method, or the bar.</param>
/// <param name="First">Its figure of the split's first metric.</param>
/// <param name="Second">Its figure of the second.</param>
internal sealed record PublishedFigure(string Name, double First, double Second);

/// <summary>A public split: where it lies, and what others reach on it.</summary>
/// <param name="Name">As arguments and the selections name it.</param>
/// <param name="Protocol">How it is asked.</param>
/// <param name="Train">The training part, below the data folder.</param>
/// <param name="Test">The test part; null where the protocol cuts it off.</param>
/// <param name="Metrics">The two metrics of the tables.</param>
/// <param name="Published">Figures of others, and the bar and the target.</param>
internal sealed record RecallSplit(
    string Name,
    EvaluationProtocol Protocol,
    string Train,
    string? Test,
    (string First, string Second) Metrics,
    IReadOnlyList<PublishedFigure> Published)
{
    private static readonly (string, string) TopMetrics = ("recall", "ndcg");
    private static readonly (string, string) NextMetrics = ("hr", "mrr");

    /// <summary>What may be selected from.</summary>
    public IReadOnlyList<RankerFamily> Families { get; init; } = RankerFamilies.For(Protocol);

    /// <summary>All that are looked for, in the order of the table.</summary>
    public static IReadOnlyList<RecallSplit> All { get; } =
    [
        new("gowalla-factorization", new TopNProtocol(),
            "gowalla/train.txt.gz", "gowalla/test.txt.gz", TopMetrics,
            [new("MF-BPR", 0.1627, 0.1378), new("LightGCN", 0.1820, 0.1547),
                new("bar", 0.170, 0.137), new("target", 0.182, 0.155)])
        {
            Families = [FactorizationFamily.Ials],
        },
        new("gowalla", new TopNProtocol(),
            "gowalla/train.txt.gz", "gowalla/test.txt.gz", TopMetrics,
            [new("EASE^R", 0.1765, 0.1467), new("GF-CF", 0.1849, 0.1518),
                new("UltraGCN", 0.1862, 0.1580), new("SimpleX", 0.1872, 0.1557),
                new("bar", 0.182, 0.155), new("target", 0.187, 0.158)]),
        new("yoochoose-1-64", new NextItemProtocol(),
            "sessions/yoochoose1_64_train.txt.gz", "sessions/yoochoose1_64_test.txt.gz",
            NextMetrics,
            [new("sequential rules", 0.6674, 0.3033), new("VS-kNN", 0.6961, 0.2879),
                new("NARM", 0.6998, 0.2957), new("bar", 0.700, 0.300),
                new("target", 0.710, 0.310)]),
        new("yoochoose-100k", new NextItemProtocol(),
            "yoochoose-100k/train.tsv.gz", "yoochoose-100k/test.tsv.gz", NextMetrics,
            [new("VS-kNN", 0.6883, 0.3669), new("VSTAN", 0.6848, 0.3752),
                new("bar", 0.688, 0.375), new("target", 0.700, 0.390)]),
        new("amazon-beauty", new LeaveOneOutProtocol(),
            "sequences/amazon_beauty.txt.gz", null, ("hr", "ndcg"),
            [new("popularity", 0.0152, 0.0068), new("GRU4Rec", 0.0283, 0.0137),
                new("SASRec", 0.0605, 0.0318), new("S3-Rec", 0.0647, 0.0327),
                new("bar", 0.0605, 0.0320), new("target", 0.068, 0.034)]),
        new("retailrocket", new NextItemProtocol(),
            "sessions/retailrocket_train.txt.gz", "sessions/retailrocket_test_pairs.txt.gz",
            NextMetrics, []),
    ];
}
