namespace StreamCommerce.Models.Retrieval;

/// <summary>How an index is built.</summary>
public sealed record ItemIndexOptions
{
    /// <summary>Cells at most: more cost every query, and memory.</summary>
    public const int CellLimit = 16_384;

    /// <summary>Cells; 0 chooses them by the number of items.</summary>
    public int Cells { get; init; }

    /// <summary>The share of the truly best items that answers to the sample queries must have at
    /// least, from 0 to 1; 1 makes every answer exact. The default leaves room below 0.99 to
    /// queries that are unlike the sample.</summary>
    public double Recall { get; init; } = 0.995;

    /// <summary>Items of an answer when recall is measured.</summary>
    public int Places { get; init; } = 20;

    /// <summary>Of the sample that the cells are learnt from.</summary>
    public int Seed { get; init; } = 1;

    public int ThreadCount { get; init; } = 1;

    /// <summary>Told how much is done, from 0 to 1; null where nobody listens.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Cells);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Cells, CellLimit);
        ArgumentOutOfRangeException.ThrowIfLessThan(Places, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ThreadCount, 1);
        if (!(Recall is >= 0 and <= 1))
            throw new ArgumentException($"A recall of {Recall} is not between 0 and 1.");
    }
}
