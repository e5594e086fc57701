using System.Numerics;

namespace StreamCommerce.Models.Retrieval;

/// <summary>What is lost in the codes of a block.</summary>
/// <param name="Scale">What a code's unit is worth.</param>
/// <param name="Loss">The largest distance of an item from its codes.</param>
/// <param name="Longest">The largest length of an item.</param>
internal readonly record struct CodeBounds(float Scale, float Loss, float Longest);

/// <summary>
/// Items in a byte a dimension, in blocks of 32 with a scale of their own, and for each block a
/// bound of what that loses. An item is scored in single precision unless its codes prove that it
/// is not among the best, so that codes make an answer faster, never another one.
/// </summary>
internal sealed class CodeBlocks
{
    /// <summary>The code of 0.</summary>
    public const int Zero = 128;

    private const int Highest = 127;
    private const int BlockItems = CodeKernel.BlockItems;

    /// <summary>Blocks as they were made.</summary>
    /// <param name="items">Block after block; -1 where a place is free.</param>
    /// <param name="codes">See <see cref="CodeKernel"/>.</param>
    /// <param name="bounds">One a block.</param>
    public CodeBlocks(int[] items, byte[] codes, CodeBounds[] bounds) =>
        (Items, Codes, Bounds) = (items, codes, bounds);

    public int[] Items { get; }

    public byte[] Codes { get; }

    public CodeBounds[] Bounds { get; }

    public int Count => Bounds.Length;

    /// <summary>Groups of codes that so many dimensions need.</summary>
    public static int GroupsOf(int dimensions) =>
        (dimensions + CodeKernel.GroupDimensions - 1) / CodeKernel.GroupDimensions;

    /// <summary>Items in whole blocks, -1 behind the last.</summary>
    public static int[] Pad(ReadOnlySpan<int> items)
    {
        var padded = new int[(items.Length + BlockItems - 1) / BlockItems * BlockItems];
        items.CopyTo(padded);
        padded.AsSpan(items.Length).Fill(-1);
        return padded;
    }

    /// <summary>Makes the codes of items.</summary>
    /// <param name="factors">The items' factors.</param>
    /// <param name="items">Whole blocks; -1 where a place is left free.</param>
    /// <param name="parallel">Threads, and when to stop.</param>
    public static CodeBlocks Encode(ItemFactors factors, int[] items, ParallelOptions parallel)
    {
        var bounds = new CodeBounds[items.Length / BlockItems];
        var blockBytes = GroupsOf(factors.Dimensions) * CodeKernel.GroupBytes;
        var codes = new byte[(long)bounds.Length * blockBytes];
        Parallel.For(0, bounds.Length, parallel, block => bounds[block] = EncodeBlock(
            factors, items.AsSpan(block * BlockItems, BlockItems),
            codes.AsSpan(block * blockBytes, blockBytes)));
        return new(items, codes, bounds);
    }

    /// <summary>No item of the block scores more.</summary>
    public double ReachOf(int block, in QuantizedQuery query) =>
        (query.Length * Bounds[block].Longest) + RoundingOf(Bounds[block], query);

    /// <summary>Looks for good items in a block.</summary>
    public void Scan<TFilter>(
        int block, scoped in QuantizedQuery query, ref BestItems best, TFilter filter)
        where TFilter : IItemFilter, allows ref struct
    {
        var blockBytes = query.Groups.Length * CodeKernel.GroupBytes;
        var above = CodeKernel.Above(Codes.AsSpan(block * blockBytes, blockBytes), query.Groups,
            ThresholdOf(Bounds[block], query, best.Floor));
        for (; above != 0; above &= above - 1)
        {
            var item = Items[(block * BlockItems) + BitOperations.TrailingZeroCount(above)];
            if (item >= 0) best.Consider(item, filter);
        }
    }

    /// <summary>An inner product of codes that does not exceed it is surely not good enough.
    /// </summary>
    private static int ThresholdOf(
        in CodeBounds block, scoped in QuantizedQuery query, float floor)
    {
        // q·x − q̂·x̂ = (q − q̂)·x + q̂·(x − x̂), each at most the product of the lengths.
        var error = (query.Loss * block.Longest) + ((query.Length + query.Loss) * block.Loss)
            + RoundingOf(block, query);
        var least = (floor - error) / (query.Scale * block.Scale);
        return (int)Math.Clamp(Math.Floor(least) - 1, -1e9, 1e9) + query.Offset;
    }

    private static double RoundingOf(in CodeBounds block, scoped in QuantizedQuery query) =>
        Rounding.Of(query.Groups.Length * CodeKernel.GroupDimensions, query.Length * block.Longest);

    private static CodeBounds EncodeBlock(
        ItemFactors factors, ReadOnlySpan<int> items, Span<byte> codes)
    {
        var largest = 0f;
        foreach (var item in items)
        {
            if (item < 0) continue;
            foreach (var number in factors[item]) largest = Math.Max(largest, Math.Abs(number));
        }
        // One of zeros has any scale; of numbers so small that a code is worth nothing, too.
        var scale = largest / Highest is var worth and > 0 ? worth : 1f;
        codes.Fill(Zero);
        var (loss, longest) = (0.0, 0.0);
        for (var place = 0; place < items.Length; place++)
        {
            if (items[place] < 0) continue;
            var factor = factors[items[place]];
            loss = Math.Max(loss, EncodeItem(
                factor, scale, codes[(place * CodeKernel.GroupDimensions)..]));
            longest = Math.Max(longest, ItemFactors.LengthOf(factor));
        }
        return new(scale, MathF.BitIncrement((float)loss), MathF.BitIncrement((float)longest));
    }

    /// <returns>The distance between the item and its codes.</returns>
    private static double EncodeItem(ReadOnlySpan<float> factor, double scale, Span<byte> codes)
    {
        var lost = 0.0;
        for (var i = 0; i < factor.Length; i++)
        {
            // A scale that was rounded down, as the smallest numbers are, must not overflow it.
            var code = Math.Clamp(Math.Round(factor[i] / scale), -Highest, Highest);
            var (group, at) = Math.DivRem(i, CodeKernel.GroupDimensions);
            codes[(group * CodeKernel.GroupBytes) + at] = (byte)(code + Zero);
            var error = factor[i] - (code * scale);
            lost += error * error;
        }
        return Math.Sqrt(lost);
    }
}
