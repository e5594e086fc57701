using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Engine.Trending;

/// <summary>How much each product was wanted at one moment. Does not change.</summary>
/// <param name="Levels">By the product's number in the shop: the logarithm (base 2) of its decayed
/// count; negative infinity where nothing was counted.</param>
/// <param name="Top">The most wanted, first to last, with their levels: the counts themselves are
/// too small for a number some weeks after the last event.</param>
/// <param name="Ticks">The moment, by the events' own clock, in UTC ticks.</param>
public sealed record TrendingRanking(
    ReadOnlyMemory<float> Levels, ReadOnlyMemory<RankedItem> Top, long Ticks)
{
    public static readonly TrendingRanking Empty = new(default, default, 0);
}
