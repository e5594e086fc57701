using System.Numerics.Tensors;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Candidates;

namespace StreamCommerce.Engine.Recommendations.Ranking;

/// <summary>
/// How alike the products of a list are: by the cosine of their factors where the model knows both,
/// else by the share of their categories that both are in. The work space of one request at a time:
/// what is known of each product is fetched once, since each is held against many others.
/// </summary>
internal sealed class ProductLikeness(Shelf shelf) : ILikeness
{
    // Categories say what a product is for, not what it is like: never the same.
    private const float MostByCategory = 0.5f;

    private float[] _directions = [];
    private bool[] _hasDirection = [];
    private ShelfProduct?[] _products = [];
    private int _dimensions;

    /// <summary>Takes up a list, whose products are then named by their places in it.</summary>
    public void Take(ReadOnlySpan<ScoredItem> list, ServedModel? model)
    {
        _dimensions = model?.Model.Dimensions ?? 0;
        if (_hasDirection.Length < list.Length)
        {
            _hasDirection = new bool[list.Length];
            _products = new ShelfProduct?[list.Length];
        }
        if (_directions.Length < list.Length * _dimensions)
            _directions = new float[list.Length * _dimensions];
        for (var i = 0; i < list.Length; i++)
        {
            _products[i] = shelf.Find(list[i].Item);
            _hasDirection[i] = model?.TryCopyDirection(list[i].Item, DirectionOf(i)) == true;
        }
    }

    /// <inheritdoc/>
    public float Between(int left, int right)
    {
        if (_hasDirection[left] && _hasDirection[right])
        {
            var cosine = TensorPrimitives.Dot<float>(DirectionOf(left), DirectionOf(right));
            return Math.Clamp(cosine, 0, 1);
        }
        if (_products[left] is not { } one || _products[right] is not { } other) return 0;
        var (all, common) = (one.Categories.Length + other.Categories.Length, 0);
        foreach (var category in one.Categories) if (other.IsIn(category)) common++;
        return common == 0 ? 0 : MostByCategory * common / (all - common);
    }

    private Span<float> DirectionOf(int place) =>
        _directions.AsSpan(place * _dimensions, _dimensions);
}
