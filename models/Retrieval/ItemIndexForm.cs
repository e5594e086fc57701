using System.Numerics.Tensors;

namespace StreamCommerce.Models.Retrieval;

/// <summary>An index as arrays of numbers, to be kept beside the factors that it was built of.
/// </summary>
/// <param name="Directions">The cells' directions, one after the other.</param>
/// <param name="CellStarts">Each cell's first block, and where the last one's end.</param>
/// <param name="Items">The items of each block of 32; -1 where a place is free.</param>
/// <param name="Codes">The blocks' codes, as <see cref="CodeKernel"/> reads them.</param>
/// <param name="Bounds">Of each block: its codes' scale, what they lose, the longest item, and how
/// far items reach along the direction, at least and at most, and aside.</param>
/// <param name="Width">See <see cref="ItemIndex.Width"/>.</param>
public sealed record ItemIndexForm(
    ReadOnlyMemory<float> Directions,
    ReadOnlyMemory<int> CellStarts,
    ReadOnlyMemory<int> Items,
    ReadOnlyMemory<byte> Codes,
    ReadOnlyMemory<float> Bounds,
    float Width)
{
    private const int BoundsOfBlock = 6;

    /// <summary>Copies an index.</summary>
    public static ItemIndexForm Of(ItemIndex index)
    {
        var bounds = new float[index.Blocks.Count * BoundsOfBlock];
        for (var block = 0; block < index.Blocks.Count; block++)
        {
            var (codes, shape) = (index.Blocks.Bounds[block], index.Shapes[block]);
            float[] numbers = [codes.Scale, codes.Loss, codes.Longest,
                shape.Least, shape.Most, shape.Aside];
            numbers.CopyTo(bounds.AsSpan(block * BoundsOfBlock));
        }
        return new(index.Directions.ToArray(), index.CellStarts, index.Blocks.Items,
            index.Blocks.Codes, bounds, index.Width);
    }

    /// <summary>The index. Copies what it needs, but for the factors.</summary>
    /// <exception cref="ArgumentException">It is not of so many factors, or damaged.</exception>
    public ItemIndex ToIndex(ItemFactors factors)
    {
        if (FindFault(factors) is { } fault)
            throw new ArgumentException($"An index that cannot be used: {fault}.");
        var blocks = Items.Length / CodeKernel.BlockItems;
        var (bounds, shapes) = (new CodeBounds[blocks], new CellShape[blocks]);
        for (var block = 0; block < blocks; block++)
        {
            var of = Bounds.Span.Slice(block * BoundsOfBlock, BoundsOfBlock);
            bounds[block] = new(of[0], of[1], of[2]);
            shapes[block] = new(of[3], of[4], of[5], of[2]);
        }
        return new(factors, new DirectionTable(Directions.Span, factors.Dimensions),
            CellStarts.ToArray(), new CodeBlocks(Items.ToArray(), Codes.ToArray(), bounds), shapes,
            Width);
    }

    private string? FindFault(ItemFactors factors)
    {
        var blocks = Items.Length / CodeKernel.BlockItems;
        var groups = CodeBlocks.GroupsOf(factors.Dimensions);
        if (CellStarts.IsEmpty) return "it has no cells";
        if (Directions.Length != (long)(CellStarts.Length - 1) * factors.Dimensions)
            return "its directions and cells do not fit";
        if (Items.Length % CodeKernel.BlockItems != 0
            || Codes.Length != (long)blocks * groups * CodeKernel.GroupBytes
            || Bounds.Length != (long)blocks * BoundsOfBlock)
            return "its blocks do not fit";
        if (!(Width is > 0 and <= 1)) return $"its width is {Width}";
        if (!TensorPrimitives.IsFiniteAll(Bounds.Span)) return "a bound is not finite";
        if (!TensorPrimitives.IsFiniteAll(Directions.Span)) return "a direction is not finite";
        return FindStartsFault(blocks) ?? FindItemsFault(factors.Count);
    }

    private string? FindStartsFault(int blocks)
    {
        var starts = CellStarts.Span;
        if (starts[0] != 0 || starts[^1] != blocks) return "its cells do not span the blocks";
        for (var cell = 1; cell < starts.Length; cell++)
            if (starts[cell] < starts[cell - 1]) return "its cells fall";
        return null;
    }

    private string? FindItemsFault(int count)
    {
        var isThere = new bool[count];
        var left = count;
        foreach (var item in Items.Span)
        {
            if (item < -1 || item >= count) return $"it has an item {item}";
            if (item < 0) continue;
            if (isThere[item]) return $"it has item {item} twice";
            isThere[item] = true;
            left--;
        }
        return left > 0 ? $"it lacks {left} items" : null;
    }
}
