using System.Globalization;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>What the gate says to a promotion.</summary>
/// <param name="IsAllowed">Whether the candidate may become current.</param>
/// <param name="Reason">Why, a sentence for whoever asked.</param>
public sealed record GateAnswer(bool IsAllowed, string Reason);

/// <summary>
/// Lets no model through that is worse on the hold-out than the current one: both answer the same
/// questions, about what was done after the data of both. Pure.
/// </summary>
public static class PromotionGate
{
    /// <summary>What decides: it counts both whether the right items are there, and how far up.
    /// </summary>
    public const string Metric = "ndcg";

    /// <summary>With fewer questions a handful of hits decides.</summary>
    public const int QuestionsNeeded = 50;

    /// <summary>The moment, in seconds since 1970, from which on neither model has learnt; null
    /// where one of them does not say until when it has.</summary>
    public static double? FirstUnseen(ModelManifest candidate, ModelManifest current)
    {
        if (candidate.DataUntil is not { } one || current.DataUntil is not { } other) return null;
        var last = one > other ? one : other;
        // Behind the last interaction, which is inside.
        return (last - DateTimeOffset.UnixEpoch).TotalSeconds + 0.001;
    }

    /// <summary>Why a split that others have made is not fair to both models; null where both have
    /// learnt from its training part, so that neither has seen what is asked.</summary>
    /// <param name="candidate">Who wants to become current.</param>
    /// <param name="current">Who is.</param>
    /// <param name="trainHash">The hash of the split's training part.</param>
    public static string? Unfair(
        ModelManifest candidate, ModelManifest current, string trainHash)
    {
        var others = new[] { candidate, current }
            .Where(manifest => manifest.DataHash != trainHash)
            .Select(manifest => manifest.Id).ToList();
        return others.Count == 0 ? null
            : $"{string.Join(" and ", others)} learnt from other data than the split's training " +
                "part, perhaps from what is asked, so the split is not fair to both.";
    }

    /// <summary>Judges by what both have reached on the same questions.</summary>
    public static GateAnswer Judge(RankingMetrics candidate, RankingMetrics current)
    {
        if (candidate.CaseCount < QuestionsNeeded)
        {
            return new(false, $"There are only {candidate.CaseCount} questions on the hold-out, " +
                $"{QuestionsNeeded} are needed to compare by. Wait for more data.");
        }
        var name = $"{Metric}@{candidate.ListLength}";
        var (now, before) = (candidate[Metric], current[Metric]);
        var figures = string.Create(CultureInfo.InvariantCulture,
            $"{name} {now:F4} against {before:F4} of the current model, on the same " +
            $"{candidate.CaseCount} questions");
        return now < before
            ? new(false, $"It is worse by {Percent(before - now, before)}: {figures}.")
            : new(true, now == before
                ? $"It is as good: {figures}."
                : $"It is better by {Percent(now - before, before)}: {figures}.");
    }

    private static string Percent(double difference, double of) => of > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * difference / of:F1} %")
        : string.Create(CultureInfo.InvariantCulture, $"{difference:F4}");
}
