namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>How often a product was shown as a recommendation, and clicked on.</summary>
public readonly record struct ItemFeedback(int Impressions, int Clicks)
{
    public static ItemFeedback operator +(ItemFeedback left, ItemFeedback right) =>
        new(left.Impressions + right.Impressions, left.Clicks + right.Clicks);
}
