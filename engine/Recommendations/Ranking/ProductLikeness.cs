using StreamCommerce.Engine.Recommendations.Assortment;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>How alike two products are: by the cosine of their factors where the model knows both,
/// else by the share of their categories that both are in.</summary>
internal readonly struct ProductLikeness(ServedModel? model, Shelf shelf) : ILikeness
{
    // Categories say what a product is for, not what it is like: never the same.
    private const float MostByCategory = 0.5f;

    public float Between(int left, int right)
    {
        if (model?.CosineOf(left, right) is { } cosine) return Math.Clamp(cosine, 0, 1);
        if (shelf.Find(left) is not { } one || shelf.Find(right) is not { } other) return 0;
        var (all, common) = (one.Categories.Length + other.Categories.Length, 0);
        foreach (var category in one.Categories) if (other.IsIn(category)) common++;
        return common == 0 ? 0 : MostByCategory * common / (all - common);
    }
}
