using StreamCommerce.Models.Evaluation;

namespace StreamCommerce.Models.Tuning;

/// <summary>Parameters that were tried, and what they were worth on validation data.</summary>
/// <param name="Family">The ranker's family.</param>
/// <param name="Parameters">What was tried.</param>
/// <param name="Objective">What is maximized; see <see cref="EvaluationProtocol.Objective"/>.
/// </param>
/// <param name="Metrics">All that was measured.</param>
/// <param name="Duration">Of training and measuring.</param>
public sealed record Trial(
    string Family,
    ParameterSet Parameters,
    double Objective,
    RankingMetrics Metrics,
    TimeSpan Duration);
