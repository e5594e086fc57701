namespace StreamCommerce.Api.Commands;

/// <summary>What the demo shows.</summary>
internal sealed record DemoOptions
{
    /// <summary>What the shop sells: enough to browse, few enough to sell out.</summary>
    public const int Products = 200;

    /// <summary>Folder of all data.</summary>
    public string DataDirectory { get; init; } = Path.Combine("data", "demo");

    /// <summary>Where to listen.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5080";

    /// <summary>Shoppers' actions a second, about; 1 to 5,000.</summary>
    public int Rate { get; init; } = 150;

    /// <summary>Keeps the data of the last demo instead of starting afresh.</summary>
    public bool Keep { get; init; }
}
