using FsCheck.Xunit;
using StreamCommerce.Models.Neighbours;
using Xunit;

namespace StreamCommerce.Tests.Models.Neighbours;

public sealed class NeighbourRowTests
{
    [Property]
    public void It_holds_what_looking_at_one_neighbour_after_the_other_would_hold(
        byte[] items, byte limit)
    {
        var most = 1 + (limit % 20);
        var row = new NeighbourRow();
        var expected = new List<Neighbour>();
        for (var i = 0; i < items.Length; i++)
        {
            // Few different weights: the first of equally light ones goes.
            var (item, weight) = (items[i] % 32, 1f / (1 + (i % 3)));
            row.Add(item, weight, most);
            Add(expected, item, weight, most);
        }
        Assert.Equal(expected, NeighboursOf(row));
        Assert.Equal(items.Select((_, i) => (double)(1f / (1 + (i % 3)))).Sum(), row.Total, 1e-9);
    }

    [Fact]
    public void An_item_whose_number_looks_like_a_weight_is_not_mixed_up_with_it()
    {
        var looksLikeOne = BitConverter.SingleToInt32Bits(1);
        var row = new NeighbourRow();
        foreach (var item in new[] { 7, 8, looksLikeOne, looksLikeOne }) row.Add(item, 1, 4);

        Assert.Equal([new(7, 1), new(8, 1), new(looksLikeOne, 2)], NeighboursOf(row));
    }

    private static void Add(List<Neighbour> neighbours, int item, float weight, int limit)
    {
        var at = neighbours.FindIndex(neighbour => neighbour.Item == item);
        if (at < 0 && neighbours.Count < limit)
        {
            neighbours.Add(new(item, weight));
            return;
        }
        if (at < 0) at = neighbours.IndexOf(neighbours.MinBy(neighbour => neighbour.Weight));
        neighbours[at] = new(item, neighbours[at].Weight + weight);
    }

    private static Neighbour[] NeighboursOf(NeighbourRow row)
    {
        var neighbours = new Neighbour[row.Cells.Length];
        row.CopyTo(neighbours);
        return neighbours;
    }
}
