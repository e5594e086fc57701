using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Linear;
using StreamCommerce.Models.Sessions;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Blending;

/// <summary>Which families may be chosen from.</summary>
public static class RankerFamilies
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<RankerFamily> All { get; } =
    [
        FactorizationFamily.Ials, CoOccurrence.Family, NeighbourhoodRidge.Family,
        UserNeighbours.Family, Transitions.Family, Popularity.Family, .. SessionFamilies.All,
    ];

    /// <summary>
    /// Those that are worth the time for a kind of question: long-term taste where the order of a
    /// history means nothing, the moment where the next click is asked for, and both between.
    /// </summary>
    public static IReadOnlyList<RankerFamily> For(EvaluationProtocol protocol) => protocol switch
    {
        TopNProtocol =>
        [
            CoOccurrence.Family, NeighbourhoodRidge.Family, UserNeighbours.Family,
            FactorizationFamily.Ials,
        ],
        LeaveOneOutProtocol =>
            [Transitions.Family, CoOccurrence.Family, NeighbourhoodRidge.Family],
        _ => [SessionFamilies.Blend, SessionFamilies.Vstan, Transitions.Family],
    };
}
