using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>An invented product. Immutable.</summary>
public sealed record SimulatedProduct
{
    public required Sku Sku { get; init; }

    /// <summary>Adjective, material and noun; unique in its catalogue.</summary>
    public required string Name { get; init; }

    /// <summary>From the department down, parted by '/', for example <c>Home/Kitchen</c>.</summary>
    public required string CategoryPath { get; init; }

    /// <summary>Its place in <see cref="SimulatedCatalogue.CategoryPaths"/>.</summary>
    public required int Category { get; init; }

    /// <summary>An invented workshop, where a real catalogue has a brand.</summary>
    public required string Maker { get; init; }

    public required string Material { get; init; }

    /// <summary>What a shopper types to find it: two lower-case words.</summary>
    public required string SearchTerm { get; init; }

    /// <summary>The price outside of a flash sale, in EUR.</summary>
    public required Money BasePrice { get; init; }

    /// <summary>Units on hand when the shop opens, from 20.</summary>
    public required int InitialStock { get; init; }

    /// <summary>
    /// Where it lies in the space of tastes: a unit vector of
    /// <see cref="SimulatedCatalogue.TasteDimensions"/> numbers, near those of its category.
    /// </summary>
    public required ReadOnlyMemory<float> Taste { get; init; }

    /// <summary>Attributes as a product store keeps them; one says "simulated".</summary>
    public IReadOnlyDictionary<string, string> Attributes => new Dictionary<string, string>
    {
        ["maker"] = Maker,
        ["material"] = Material,
        ["simulated"] = "true",
    };
}
