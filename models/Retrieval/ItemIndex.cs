using System.Buffers;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// Finds the best items of a large catalogue without looking at most of them. Items whose factors
/// point the same way share a cell (an inverted file), and lie in it by length, in blocks of codes.
/// </summary>
/// <remarks>
/// <para>With q = b·c + r and x = a·c + e, where c is the cell's direction, an item's score is
/// a·b + r·e ≤ a·b + |r|·|e| (Cauchy–Schwarz). Cells and blocks that cannot reach the worst of the
/// best found so far are passed over.</para>
/// <para>In 64 dimensions r and e are nearly at a right angle, so that bound is far too careful:
/// it is taken as a·b + w·|r|·|e|. With a width w of 1 the answers are those of
/// <see cref="ExactScan"/>; a smaller one is chosen when the index is built, on sample queries, as
/// the smallest whose answers agree well enough (see <see cref="ItemIndexOptions.Recall"/>). So
/// how many cells are looked at depends on the query.</para>
/// </remarks>
public sealed class ItemIndex : IItemSearch
{
    // Cells that are looked at before others are ruled out: enough to know what is good.
    private const int FirstCells = 8;

    // Outside, squares of a query's numbers have fewer bits, and nothing is ruled out.
    private const double ShortestQuery = 1e-15;

    private readonly ItemFactors _factors;
    private readonly CellShapeTable _cells;

    internal ItemIndex(
        ItemFactors factors, DirectionTable directions, int[] cellStarts, CodeBlocks blocks,
        CellShape[] shapes, float width)
    {
        (_factors, Directions, CellStarts) = (factors, directions, cellStarts);
        (Blocks, Shapes, Width) = (blocks, shapes, width);
        _cells = new(cellStarts, shapes, directions.PaddedCount);
    }

    public int ItemCount => _factors.Count;

    public int Dimensions => _factors.Dimensions;

    internal DirectionTable Directions { get; }

    /// <summary>Each cell's first block, and where the last one's end.</summary>
    internal int[] CellStarts { get; }

    internal CodeBlocks Blocks { get; }

    /// <summary>One a block.</summary>
    internal CellShape[] Shapes { get; }

    /// <summary>How much of the bound is believed, from 0 to 1; 1 is exact.</summary>
    public float Width { get; }

    /// <summary>Whether answers are those of <see cref="ExactScan"/> for certain.</summary>
    public bool IsExact => Width >= 1;

    public int Search<TFilter>(ReadOnlySpan<float> query, Span<RankedItem> top, TFilter filter)
        where TFilter : IItemFilter, allows ref struct
    {
        scoped var best = new BestItems(_factors, query, top);
        if (!best.IsPossible) return 0;
        var codes = new QuantizedQuery(query, stackalloc int[CodeBlocks.GroupsOf(Dimensions)]);
        if (codes.Length == 0) best.TakeFirst(filter);
        else if (codes.Length < ShortestQuery) ScanAll(codes, ref best, filter);
        else ScanCells(query, codes, ref best, filter);
        return best.Count;
    }

    /// <summary>The same index with another width.</summary>
    internal ItemIndex WithWidth(float width) =>
        new(_factors, Directions, CellStarts, Blocks, Shapes, width);

    private void ScanAll<TFilter>(
        scoped in QuantizedQuery codes, ref BestItems best, TFilter filter)
        where TFilter : IItemFilter, allows ref struct
    {
        for (var block = 0; block < Blocks.Count; block++)
            Blocks.Scan(block, codes, ref best, filter);
    }

    private void ScanCells<TFilter>(
        ReadOnlySpan<float> query, scoped in QuantizedQuery codes, ref BestItems best,
        TFilter filter)
        where TFilter : IItemFilter, allows ref struct
    {
        var reach = new CellReach(codes.Length, Dimensions, Width);
        var rented = ArrayPool<float>.Shared.Rent(2 * Directions.PaddedCount);
        var along = rented.AsSpan(0, Directions.PaddedCount);
        var reaches = rented.AsSpan(Directions.PaddedCount, Directions.PaddedCount);
        Directions.Compare(query, along);
        _cells.Reach(reach, along, reaches);

        Span<RankedItem> first = stackalloc RankedItem[FirstCells];
        first = first[..TopItems.Select(reaches, first)];
        foreach (var (cell, _) in first)
        {
            ScanCell(cell, along[cell], reach, codes, ref best, filter);
            reaches[cell] = float.NegativeInfinity;
        }
        // In any order: the first ones have told nearly what is good.
        for (var cell = 0; cell < reaches.Length; cell++)
        {
            if (reaches[cell] >= best.Floor && reaches[cell] > float.NegativeInfinity)
                ScanCell(cell, along[cell], reach, codes, ref best, filter);
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    private void ScanCell<TFilter>(
        int cell, float along, CellReach reach, scoped in QuantizedQuery codes,
        ref BestItems best, TFilter filter)
        where TFilter : IItemFilter, allows ref struct
    {
        var across = reach.AcrossOf(along);
        for (var block = CellStarts[cell]; block < CellStarts[cell + 1]; block++)
        {
            if (reach.Of(Shapes[block], along, across) >= best.Floor)
                Blocks.Scan(block, codes, ref best, filter);
        }
    }
}
