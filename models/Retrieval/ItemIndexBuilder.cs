using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Retrieval;

/// <summary>Builds an index; the same for the same input, with any number of threads.</summary>
public static class ItemIndexBuilder
{
    // A width is one of so many steps: finer ones are within the error of the measured recall.
    private const int WidthSteps = 64;

    // To find one by halving what is left, and the true answers before.
    private const int WidthRounds = 7;

    /// <summary>Puts items into cells and codes, and chooses how careful the index is.</summary>
    /// <param name="factors">The items.</param>
    /// <param name="queries">Such as will be asked, one after the other: users' factors. A few
    /// hundred. Without any the index is exact.</param>
    /// <param name="options">How it is built.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or the queries are not
    /// whole.</exception>
    public static ItemIndex Build(
        ItemFactors factors, ReadOnlyMemory<float> queries, ItemIndexOptions options,
        CancellationToken ct = default)
    {
        options.Check();
        if (queries.Length % factors.Dimensions != 0)
            throw new ArgumentException("They are not whole queries.", nameof(queries));
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.ThreadCount,
            CancellationToken = ct,
        };
        var isExact = queries.IsEmpty || options.Recall >= 1;
        var progress = new StepProgress(
            options.Progress, DirectionClusters.Rounds + 2 + (isExact ? 0 : WidthRounds));
        var index = Arrange(factors, options, parallel, progress);
        return isExact
            ? index : index.WithWidth(ChooseWidth(index, queries, options, parallel, progress));
    }

    /// <summary>Cells whose directions cost a query about as much as the items that they leave to
    /// look at.</summary>
    private static int CellsFor(int items) =>
        Math.Clamp((int)Math.Sqrt(items), 1, ItemIndexOptions.CellLimit);

    private static ItemIndex Arrange(
        ItemFactors factors, ItemIndexOptions options, ParallelOptions parallel,
        StepProgress progress)
    {
        var cells = options.Cells > 0 ? options.Cells : CellsFor(factors.Count);
        var directions = DirectionClusters.Learn(
            factors, cells, options.Seed, parallel, progress);
        var table = new DirectionTable(directions, factors.Dimensions);
        var items = Enumerable.Range(0, factors.Count).ToArray();
        var nearest = DirectionClusters.FindNearest(factors, items, table, parallel);
        progress.Add();
        var lengths = Array.ConvertAll(items, item => ItemFactors.LengthOf(factors[item]));
        // By length in a cell, so that blocks of short ones are passed over.
        Array.Sort(items, (left, right) =>
            nearest[left] != nearest[right] ? nearest[left].CompareTo(nearest[right])
            : lengths[left] != lengths[right] ? lengths[right].CompareTo(lengths[left])
            : left.CompareTo(right));

        var (starts, order) = (new int[table.Count + 1], new List<int>(items.Length));
        var next = 0;
        for (var cell = 0; cell < table.Count; cell++)
        {
            var first = next;
            while (next < items.Length && nearest[items[next]] == cell) next++;
            order.AddRange(CodeBlocks.Pad(items.AsSpan(first..next)));
            starts[cell + 1] = order.Count / CodeKernel.BlockItems;
        }
        var blocks = CodeBlocks.Encode(factors, [.. order], parallel);
        progress.Add();
        return new(factors, table, starts, blocks,
            ShapesOf(factors, directions, starts, blocks.Items), width: 1);
    }

    private static CellShape[] ShapesOf(
        ItemFactors factors, float[] directions, int[] starts, int[] items)
    {
        var shapes = new CellShape[items.Length / CodeKernel.BlockItems];
        for (var cell = 0; cell < starts.Length - 1; cell++)
        {
            var direction = directions.AsSpan(cell * factors.Dimensions, factors.Dimensions);
            for (var block = starts[cell]; block < starts[cell + 1]; block++)
            {
                shapes[block] = CellShape.Empty;
                foreach (var item in items.AsSpan(
                    block * CodeKernel.BlockItems, CodeKernel.BlockItems))
                {
                    if (item < 0) continue;
                    shapes[block] = shapes[block].With(CellShape.Of(factors[item], direction));
                }
            }
        }
        return shapes;
    }

    /// <summary>The smallest width with enough recall. It grows with the width.</summary>
    private static float ChooseWidth(
        ItemIndex exact, ReadOnlyMemory<float> queries, ItemIndexOptions options,
        ParallelOptions parallel, StepProgress progress)
    {
        var truths = Answer(exact, queries, options.Places, parallel);
        progress.Add();
        var (low, high) = (0, WidthSteps);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            var answers = Answer(
                exact.WithWidth((float)middle / WidthSteps), queries, options.Places, parallel);
            if (RetrievalRecall.Of(answers, truths) >= options.Recall) high = middle;
            else low = middle;
            progress.Add();
        }
        return (float)high / WidthSteps;
    }

    private static RankedItem[][] Answer(
        ItemIndex index, ReadOnlyMemory<float> queries, int places, ParallelOptions parallel)
    {
        var answers = new RankedItem[queries.Length / index.Dimensions][];
        Parallel.For(0, answers.Length, parallel, i =>
        {
            var top = new RankedItem[places];
            var count = index.Search(
                queries.Span.Slice(i * index.Dimensions, index.Dimensions), top);
            answers[i] = top[..count];
        });
        return answers;
    }
}
