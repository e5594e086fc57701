using System.Numerics.Tensors;

namespace StreamCommerce.Models.Factorization;

/// <summary>Σ weight · x xᵀ over the rows of a table of factors.</summary>
internal static class Gramian
{
    // Parts are added up in their order, and there are as many however many threads there are.
    private const int PartLimit = 32;
    private const int PartRows = 256;
    private const int PanelRows = 64;

    /// <summary>A whole symmetric matrix, <paramref name="width"/> squared.</summary>
    /// <param name="factors">Row by row.</param>
    /// <param name="width">A multiple of <see cref="DenseKernels.TileColumns"/>.</param>
    /// <param name="weights">One a row; empty: all are 1.</param>
    /// <param name="threadCount">Threads at most.</param>
    /// <param name="ct">Ends it early.</param>
    public static float[] Of(ReadOnlyMemory<float> factors, int width,
        ReadOnlyMemory<float> weights, int threadCount, CancellationToken ct)
    {
        var rowCount = factors.Length / width;
        var partRows = Math.Max(PartRows, (rowCount + PartLimit - 1) / PartLimit);
        var parts = new float[(rowCount + partRows - 1) / partRows][];
        SharedWork.Run(parts.Length, threadCount, (_, part) =>
        {
            var from = part * partRows;
            parts[part] = OfPart(factors.Span, width, weights.Span, from,
                Math.Min(rowCount, from + partRows));
        }, ct);
        var sum = new float[width * width];
        foreach (var part in parts) TensorPrimitives.Add(sum, part, sum);
        for (var row = 0; row < width; row++)
            for (var column = 0; column < row; column++)
                sum[(row * width) + column] = sum[(column * width) + row];
        return sum;
    }

    /// <summary>The same for factors of any width.</summary>
    public static float[] Unpadded(ReadOnlyMemory<float> factors, int width,
        ReadOnlyMemory<float> weights, int threadCount, CancellationToken ct)
    {
        var padded = DenseKernels.Padded(width);
        if (padded == width) return Of(factors, width, weights, threadCount, ct);
        var sum = Of(Widened(factors.Span, width, padded), padded, weights, threadCount, ct);
        return Widened(sum.AsSpan(0, width * padded), padded, width);
    }

    /// <summary>Rows with zeros at their ends, or without some of their last numbers.</summary>
    public static float[] Widened(ReadOnlySpan<float> rows, int width, int newWidth)
    {
        var rowCount = rows.Length / width;
        var widened = new float[rowCount * newWidth];
        for (var row = 0; row < rowCount; row++)
        {
            rows.Slice(row * width, Math.Min(width, newWidth))
                .CopyTo(widened.AsSpan(row * newWidth));
        }
        return widened;
    }

    private static float[] OfPart(
        ReadOnlySpan<float> factors, int width, ReadOnlySpan<float> weights, int from, int until)
    {
        var sum = new float[width * width];
        var panel = new float[PanelRows * width];
        for (var start = from; start < until; start += PanelRows)
        {
            var count = Math.Min(PanelRows, until - start);
            if (weights.IsEmpty)
            {
                DenseKernels.AddOuterProducts(
                    factors.Slice(start * width, count * width), count, width, sum);
                continue;
            }
            for (var i = 0; i < count; i++)
            {
                TensorPrimitives.Multiply(factors.Slice((start + i) * width, width),
                    MathF.Sqrt(weights[start + i]), panel.AsSpan(i * width, width));
            }
            DenseKernels.AddOuterProducts(panel, count, width, sum);
        }
        return sum;
    }
}
