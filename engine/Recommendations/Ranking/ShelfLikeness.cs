using StreamCommerce.Engine.Recommendations.Assortment;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>How alike two products are by the catalogue: the share of their categories that both
/// are in.</summary>
internal readonly struct ShelfLikeness(Shelf shelf) : ILikeness
{
    // Categories say what a product is for, not what it is like: never the same.
    private const float Most = 0.5f;

    public float Between(int left, int right)
    {
        if (shelf.Find(left) is not { } one || shelf.Find(right) is not { } other) return 0;
        var (all, common) = (one.Categories.Length + other.Categories.Length, 0);
        foreach (var category in one.Categories) if (other.IsIn(category)) common++;
        return common == 0 ? 0 : Most * common / (all - common);
    }
}
