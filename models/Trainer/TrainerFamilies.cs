using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Linear;
using StreamCommerce.Models.Sessions;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Trainer;

/// <summary>Every kind of ranker that can be trained, by name.</summary>
public sealed class TrainerFamilies
{
    /// <param name="further">Families of adapters, which a program may have been built with.
    /// </param>
    public TrainerFamilies(IEnumerable<RankerFamily> further) => All =
    [
        FactorizationFamily.Ials, NeighbourhoodRidge.Family, CoOccurrence.Family,
        Transitions.Family, SessionFamilies.VmisKnn, SessionFamilies.Vstan, SessionFamilies.Rules,
        SessionFamilies.Blend, Popularity.Family, .. further,
    ];

    public IReadOnlyList<RankerFamily> All { get; }

    /// <summary>The family of a name; null for an unknown name.</summary>
    public RankerFamily? Find(string name) => All.FirstOrDefault(family => family.Name == name);
}
