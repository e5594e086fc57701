using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Blending;

/// <summary>A ranker that was selected: how to train it again, and how much it counts.</summary>
/// <param name="Family">Its family's name.</param>
/// <param name="Parameters">Chosen values by name; those not named have their defaults.</param>
/// <param name="Weight">Its weight in the blend.</param>
/// <param name="Scale">How its scores are scaled before.</param>
public sealed record SelectedRanker(
    string Family, IReadOnlyDictionary<string, double> Parameters, float Weight, ScoreScale Scale);

/// <summary>What was selected on validation data; it is trained anew on all data then.</summary>
/// <param name="Rankers">The members of the blend, at least one.</param>
/// <param name="Objective">What the blend reached on the validation data.</param>
/// <param name="TrialCount">Sets of parameters that were tried.</param>
public sealed record BlendSelection(
    IReadOnlyList<SelectedRanker> Rankers, double Objective, int TrialCount)
{
    /// <summary>Trains the members and puts them together.</summary>
    /// <param name="families">Those named, at least.</param>
    /// <param name="train">All that may be learnt from.</param>
    /// <param name="context">Seed and threads.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">A family is not there, or has no such parameter.
    /// </exception>
    public IRanker Train(
        IReadOnlyList<RankerFamily> families,
        Histories train,
        TrainingContext context,
        CancellationToken ct = default)
    {
        var members = new List<BlendMember>();
        foreach (var selected in Rankers)
        {
            var family = families.FirstOrDefault(family => family.Name == selected.Family)
                ?? throw new ArgumentException(
                    $"There is no family '{selected.Family}'.", nameof(families));
            var parameters = new ParameterSet(family.Parameters, selected.Parameters);
            members.Add(new(
                family.Train(train, parameters, context, ct), selected.Weight, selected.Scale));
        }
        return members is [var only] ? only.Ranker : new BlendRanker(members);
    }
}
