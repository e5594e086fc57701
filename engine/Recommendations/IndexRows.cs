using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Models.Neighbours;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>An item of a co-visitation index in a state file: its total and its neighbours.
/// </summary>
internal static class IndexRows
{
    public static void Write(StateWriter output, CoVisitationIndex index, int item)
    {
        output.WriteProduct(item);
        output.WriteDouble(index.TotalOf(item));
        Span<Neighbour> neighbours = stackalloc Neighbour[index.NeighbourLimit];
        neighbours = neighbours[..index.CopyTo(item, neighbours)];
        output.WriteCount(neighbours.Length);
        foreach (var neighbour in neighbours)
        {
            output.WriteProduct(neighbour.Item);
            output.WriteDouble(neighbour.Weight);
        }
    }

    /// <summary>Puts an item back and tells which; -1 where it has no place any more, as a limit
    /// of products that was lowered leaves some.</summary>
    public static int Read(StateReader input, CoVisitationIndex index)
    {
        var item = input.ReadProduct();
        var total = input.ReadDouble();
        var neighbours = new Neighbour[input.ReadCount()];
        for (var i = 0; i < neighbours.Length; i++)
            neighbours[i] = new(input.ReadProduct(), (float)input.ReadDouble());
        if (item >= 0)
            index.Restore(item, total, [.. neighbours.Where(neighbour => neighbour.Item >= 0)]);
        return item;
    }
}
