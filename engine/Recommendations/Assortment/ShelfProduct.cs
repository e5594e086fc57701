using System.Text;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Assortment;

/// <summary>
/// What ranking and its answers need of a product, as it was at one version: a reader never sees
/// the title of one version with the price of another.
/// </summary>
public sealed class ShelfProduct
{
    private readonly byte[] _title;
    private readonly int[] _categories;
    private readonly int[] _attributes;

    internal ShelfProduct(string title, int[] categories, int[] attributes)
    {
        // As UTF-8: half of the memory of a million titles, and what an answer is written in.
        _title = Encoding.UTF8.GetBytes(title);
        _categories = categories;
        _attributes = attributes;
    }

    /// <summary>Its title, made anew with each call.</summary>
    public string Title => Encoding.UTF8.GetString(_title);

    /// <summary>Its title in UTF-8.</summary>
    public ReadOnlySpan<byte> TitleUtf8 => _title;

    /// <summary>Numbers of <see cref="Shelf.Categories"/>.</summary>
    public ReadOnlySpan<int> Categories => _categories;

    /// <summary>Numbers of <see cref="Shelf.Attributes"/>.</summary>
    public ReadOnlySpan<int> Attributes => _attributes;

    /// <summary>A number of <see cref="Shelf.Brands"/>; -1 where it has none.</summary>
    public required int Brand { get; init; }

    /// <summary>Of one unit.</summary>
    public required Money Price { get; init; }

    /// <summary>When it was first put up, in UTC ticks; 0 where nobody noted it.</summary>
    public required long AddedTicks { get; init; }

    /// <summary>The catalogue's version; a lower one is older.</summary>
    public required long Version { get; init; }

    /// <summary>Whether it is in a category, by its number; in none of a negative one.</summary>
    public bool IsIn(int category) => _categories.AsSpan().Contains(category);
}

/// <summary>Units of a product in one unit of a bundle.</summary>
/// <param name="Item">The product's number; -1 where it has none.</param>
/// <param name="Quantity">1 to 1,000.</param>
internal readonly record struct BundlePart(int Item, int Quantity);
