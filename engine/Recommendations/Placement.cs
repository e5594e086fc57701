namespace StreamCommerce.Engine.Recommendations;

/// <summary>What a list of products is for.</summary>
public enum Placement
{
    /// <summary>What a visitor may want next.</summary>
    ForVisitor,

    /// <summary>What may be taken instead of a product.</summary>
    Similar,

    /// <summary>What is bought along with a product or a cart.</summary>
    BoughtTogether,

    /// <summary>What many want just now.</summary>
    Trending,

    /// <summary>What came into the catalogue last.</summary>
    NewArrivals,
}
