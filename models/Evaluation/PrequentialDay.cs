namespace StreamCommerce.Models.Evaluation;

/// <summary>How a day's clicks were foreseen: by what had been learnt up to the click, and by what
/// had been learnt up to the midnight before.</summary>
/// <param name="Day">In UTC.</param>
/// <param name="Clicks">Clicks that were foreseen: all but the first of each session.</param>
/// <param name="LearningHitRate">Share of the clicks in the answer of the model that learns.
/// </param>
/// <param name="LearningMrr">Mean of 1 / place in its answer, 0 where the click is not in it.
/// </param>
/// <param name="FrozenHitRate">The same for the model of midnight.</param>
/// <param name="FrozenMrr">The same for the model of midnight.</param>
public sealed record PrequentialDay(
    DateOnly Day,
    int Clicks,
    double LearningHitRate,
    double LearningMrr,
    double FrozenHitRate,
    double FrozenMrr)
{
    /// <summary>Means over the clicks of several days; the day is the last one's.</summary>
    /// <exception cref="InvalidOperationException">There is no day.</exception>
    public static PrequentialDay MeanOf(IReadOnlyCollection<PrequentialDay> days)
    {
        var clicks = days.Sum(day => day.Clicks);
        double Mean(Func<PrequentialDay, double> of) =>
            clicks == 0 ? 0 : days.Sum(day => of(day) * day.Clicks) / clicks;
        return new(days.Max(day => day.Day), clicks, Mean(day => day.LearningHitRate),
            Mean(day => day.LearningMrr), Mean(day => day.FrozenHitRate),
            Mean(day => day.FrozenMrr));
    }
}
