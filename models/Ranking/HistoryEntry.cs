namespace StreamCommerce.Models.Ranking;

/// <summary>One thing that somebody did with an item.</summary>
/// <param name="Item">The item's number, from 0.</param>
/// <param name="Weight">What it says of the wish for the item, greater than 0: 1 is a view.</param>
/// <param name="Time">When, in seconds since 1970; 0 where nobody knows.</param>
public readonly record struct HistoryEntry(int Item, float Weight = 1, double Time = 0);
