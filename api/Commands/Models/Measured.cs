using StreamCommerce.Models.Evaluation;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>What a ranker was worth.</summary>
/// <param name="Name">What a table calls it.</param>
/// <param name="Metrics">What was measured; null where nothing could be.</param>
/// <param name="TrainedIn">How long the training took; null where it was not trained now.</param>
/// <param name="Fault">Why nothing could be measured; null where something was.</param>
internal sealed record Measured(
    string Name, RankingMetrics? Metrics, TimeSpan? TrainedIn, string? Fault = null);
