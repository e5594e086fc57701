using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Trainer;

/// <summary>A known entry of the matrix of users by items.</summary>
/// <param name="User">The user's number, from 0.</param>
/// <param name="Item">The item's number, from 0.</param>
/// <param name="Label">What the entry is.</param>
public readonly record struct MatrixEntry(int User, int Item, float Label);

/// <summary>
/// Histories as entries of a matrix, for trainers that factorize one entry by entry. In the order
/// of users and items, so the same for the same histories.
/// </summary>
public static class MatrixEntries
{
    /// <summary>An entry of 1 for each item that a user has.</summary>
    public static IReadOnlyList<MatrixEntry> Observed(Histories histories)
    {
        var matrix = SparseMatrix.Of(histories);
        var entries = new List<MatrixEntry>(matrix.EntryCount);
        for (var user = 0; user < matrix.RowCount; user++)
            foreach (var item in matrix.ColumnsOf(user)) entries.Add(new(user, item, 1));
        return entries;
    }

    /// <summary>
    /// The same, and beside each as many drawn entries of 0 among what the user does not have:
    /// where every label is the same, a regression has nothing to tell apart, and its descent runs
    /// off to numbers that are none.
    /// </summary>
    /// <param name="histories">What the users have.</param>
    /// <param name="zerosPerEntry">Drawn entries beside each, at least 1; fewer where a user has
    /// nearly all items.</param>
    /// <param name="seed">Of the draw.</param>
    public static IReadOnlyList<MatrixEntry> WithDrawnZeros(
        Histories histories, int zerosPerEntry, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(zerosPerEntry, 1);
        var matrix = SparseMatrix.Of(histories);
        var entries = new List<MatrixEntry>(matrix.EntryCount * (1 + zerosPerEntry));
        var drawn = new HashSet<int>();
        for (var user = 0; user < matrix.RowCount; user++)
        {
            var items = matrix.ColumnsOf(user);
            // A stream of its own for each user: what is drawn for one depends on no other.
            var random = new Random(unchecked((seed * 1_000_003) + user));
            drawn.Clear();
            var wanted = Math.Min(
                (long)items.Length * zerosPerEntry, matrix.ColumnCount - items.Length);
            // A user who has most of the catalogue would be drawn for in vain for long.
            for (var tries = 10 * wanted; tries > 0 && drawn.Count < wanted; tries--)
            {
                var item = random.Next(matrix.ColumnCount);
                if (items.BinarySearch(item) < 0) drawn.Add(item);
            }
            foreach (var item in items) entries.Add(new(user, item, 1));
            foreach (var item in drawn.Order()) entries.Add(new(user, item, 0));
        }
        return entries;
    }
}
