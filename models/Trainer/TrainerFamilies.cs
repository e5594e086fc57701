using StreamCommerce.Models.Blending;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Sessions;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Trainer;

/// <summary>Every kind of ranker that can be trained, by name.</summary>
/// <param name="further">Families of adapters, which a program may have been built with.</param>
public sealed class TrainerFamilies(IEnumerable<RankerFamily> further)
{
    private static readonly HashSet<string> OfSessions =
        [.. SessionFamilies.All.Select(family => family.Name)];

    private static readonly HashSet<string> OfNextItems =
    [
        .. RankerFamilies.For(new NextItemProtocol()).Select(family => family.Name),
        .. OfSessions,
    ];

    public IReadOnlyList<RankerFamily> All { get; } = [.. RankerFamilies.All, .. further];

    /// <summary>The family of a name; null for an unknown name.</summary>
    public RankerFamily? Find(string name) => All.FirstOrDefault(family => family.Name == name);

    /// <summary>What events ask where nothing else is said: the next item where all families learn
    /// what follows what, otherwise all that a visitor does later.</summary>
    public static EvaluationProtocol UsualProtocol(IReadOnlyCollection<RankerFamily> families) =>
        families.Count > 0 && families.All(family => OfNextItems.Contains(family.Name))
            ? new NextItemProtocol() : new TopNProtocol();

    /// <summary>Why a family's figures would mean nothing under a protocol; null where they mean
    /// something.</summary>
    public static string? Refusal(RankerFamily family, EvaluationProtocol protocol) =>
        protocol is TopNProtocol && OfSessions.Contains(family.Name)
            ? $"it learns from the order of clicks in sessions, and '{protocol.Name}' asks " +
                $"without any order; use --protocol {NextItemProtocol.ProtocolName}" : null;
}
