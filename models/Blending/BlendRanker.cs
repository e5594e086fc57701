using System.Buffers;
using System.Numerics.Tensors;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Blending;

/// <summary>A ranker of a blend, and how much it counts.</summary>
/// <param name="Ranker">Ranks the same items as the others.</param>
/// <param name="Weight">Finite; 0 leaves it out.</param>
/// <param name="Scale">What becomes of its scores first.</param>
public sealed record BlendMember(IRanker Ranker, float Weight, ScoreScale Scale);

/// <summary>Adds up the scaled scores of several rankers.</summary>
public sealed class BlendRanker : IRanker
{
    private readonly BlendMember[] _members;

    /// <exception cref="ArgumentException">There is no member, they rank different items, or a
    /// weight is not finite.</exception>
    public BlendRanker(IReadOnlyList<BlendMember> members)
    {
        if (members.Count == 0)
            throw new ArgumentException("A blend has a member.", nameof(members));
        if (members.Any(m => m.Ranker.ItemCount != members[0].Ranker.ItemCount))
            throw new ArgumentException("They rank different items.", nameof(members));
        if (members.Any(m => !float.IsFinite(m.Weight)))
            throw new ArgumentException("A weight is not finite.", nameof(members));
        ItemCount = members[0].Ranker.ItemCount;
        _members = [.. members.Where(m => m.Weight != 0)];
    }

    public int ItemCount { get; }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> scores)
    {
        scores.Clear();
        var rented = ArrayPool<float>.Shared.Rent(ItemCount);
        var own = rented.AsSpan(0, ItemCount);
        foreach (var (ranker, weight, scale) in _members)
        {
            ranker.Score(history, own);
            ScoreScales.Apply(scale, own);
            TensorPrimitives.MultiplyAdd(own, weight, scores, scores);
        }
        ArrayPool<float>.Shared.Return(rented);
    }
}
