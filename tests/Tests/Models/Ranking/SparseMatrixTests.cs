using FsCheck.Xunit;
using StreamCommerce.Models.Ranking;
using Xunit;

namespace StreamCommerce.Tests.Models.Ranking;

public sealed class SparseMatrixTests
{
    [Fact]
    public void Entries_of_the_same_item_are_added_up()
    {
        var matrix = SparseMatrix.Of(
            Histories.Of([[new(2, 1), new(0, 3), new(2, 0.5f)], []], itemCount: 3));

        Assert.Equal((2, 3, 2), (matrix.RowCount, matrix.ColumnCount, matrix.EntryCount));
        Assert.Equal([0, 2], matrix.ColumnsOf(0).ToArray());
        Assert.Equal([3, 1.5f], matrix.ValuesOf(0).ToArray());
        Assert.True(matrix.ColumnsOf(1).IsEmpty);
    }

    [Property(MaxTest = 200)]
    public void Transposed_twice_it_is_itself(int seed)
    {
        var matrix = SparseMatrix.Of(Random(seed));

        Assert.Equal(Entries(matrix), Entries(matrix.Transpose().Transpose()));
    }

    [Property(MaxTest = 200)]
    public void Transposed_it_holds_the_same_entries_with_ascending_columns(int seed)
    {
        var matrix = SparseMatrix.Of(Random(seed));
        var transposed = matrix.Transpose();

        Assert.Equal(Entries(matrix).Select(e => (e.Column, e.Row, e.Value)).Order(),
            Entries(transposed));
    }

    private static Histories Random(int seed)
    {
        var random = new Random(seed);
        return Histories.Of(Enumerable.Range(0, random.Next(6)).Select(_ =>
            Enumerable.Range(0, random.Next(9))
                .Select(_ => new HistoryEntry(random.Next(7), 1 + random.Next(3))).ToArray()), 7);
    }

    private static List<(int Row, int Column, float Value)> Entries(SparseMatrix matrix)
    {
        var entries = new List<(int, int, float)>();
        for (var row = 0; row < matrix.RowCount; row++)
            for (var i = 0; i < matrix.ColumnsOf(row).Length; i++)
                entries.Add((row, matrix.ColumnsOf(row)[i], matrix.ValuesOf(row)[i]));
        return entries;
    }
}
