using StreamCommerce.Models.Blending;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Trainer;

/// <summary>Every kind of ranker that can be trained, by name.</summary>
/// <param name="further">Families of adapters, which a program may have been built with.</param>
public sealed class TrainerFamilies(IEnumerable<RankerFamily> further)
{
    public IReadOnlyList<RankerFamily> All { get; } = [.. RankerFamilies.All, .. further];

    /// <summary>The family of a name; null for an unknown name.</summary>
    public RankerFamily? Find(string name) => All.FirstOrDefault(family => family.Name == name);
}
