using System.Buffers;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Linear;

/// <summary>
/// What the users have whose histories share most with the one that asks (user-based neighbours,
/// Herlocker et al., SIGIR 1999). A shared item says the less the more users have it, a user the
/// less the longer the history is, and a power of what is shared decides how much the nearest ones
/// count before the others: the paths are those of <see cref="CoOccurrence"/>, but who is far away
/// has no say, which no sum over the items of a history can express.
/// </summary>
public static class UserNeighbours
{
    /// <summary>Entries of a history, the last ones, that neighbours are looked for by.</summary>
    private const int HistoryLimit = 2_000;

    /// <summary>Users of an item that are looked at: of one that everybody has, being shared says
    /// next to nothing, and going through all of them is what an answer takes longest for.
    /// </summary>
    private const int UserLimit = 10_000;

    /// <summary>Neighbours at most: they are kept in a sorted list.</summary>
    private const int NeighbourLimit = 5_000;

    public static RankerFamily Family { get; } = new(
        "user-neighbours",
        [
            new("itemExponent", 0.35, [0, 0.2, 0.35, 0.5, 0.75, 1]),
            new("userExponent", 0.5, [0, 0.25, 0.4, 0.5, 0.65, 0.8, 1]),
            new("columnExponent", 0.1, [-0.1, 0, 0.1, 0.2, 0.3, 0.4]),
            new("power", 2, [1, 1.5, 2, 2.5, 3]),
            new("neighbours", 500, [50, 100, 200, 300, 500, 1000]),
        ],
        Train)
    {
        IsPublishable = false,
    };

    private static Ranker Train(
        Histories train, ParameterSet parameters, TrainingContext context, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var users = SparseMatrix.Of(train);
        var occurrences = Occurrences.Of(train);
        var ofUser = new float[users.RowCount];
        var progress = new StepProgress(context.Progress, users.RowCount);
        for (var user = 0; user < ofUser.Length; user++)
        {
            var length = Math.Max(1, users.ColumnsOf(user).Length);
            ofUser[user] = (float)Math.Pow(length, -parameters["userExponent"]);
            progress.Add();
        }
        return new(users, ofUser,
            occurrences.Powers(-parameters["itemExponent"]),
            occurrences.Powers(-parameters["columnExponent"]),
            parameters["power"], parameters.GetCount("neighbours", NeighbourLimit));
    }

    private sealed class Ranker(
        SparseMatrix users, float[] ofUser, float[] ofItem, float[] ofColumn, double power,
        int neighbourCount) : IRanker
    {
        private readonly SparseMatrix _items = users.Transpose();

        public int ItemCount => users.ColumnCount;

        public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> scores)
        {
            scores = scores[..ItemCount];
            scores.Clear();
            var rented = ArrayPool<float>.Shared.Rent(users.RowCount);
            var shared = rented.AsSpan(0, users.RowCount);
            shared.Clear();
            var own = ItemsOf(history);
            foreach (var (item, weight) in own)
            {
                var having = _items.ColumnsOf(item);
                foreach (var user in having[..Math.Min(UserLimit, having.Length)])
                    shared[user] += weight * ofItem[item] * ofUser[user];
            }
            var nearest = new RankedItem[Math.Min(neighbourCount, users.RowCount)];
            foreach (var (user, share) in nearest.AsSpan(0, TopItems.Select(shared, nearest)))
            {
                // The one who asks was in the training part, too, and has nothing to add.
                if (share > 0 && HasOthers(user, own)) Vote(user, share, scores);
            }
            ArrayPool<float>.Shared.Return(rented);
            for (var item = 0; item < scores.Length; item++) scores[item] *= ofColumn[item];
        }

        private void Vote(int user, float share, Span<float> scores)
        {
            var vote = (float)Math.Pow(share, power);
            var items = users.ColumnsOf(user);
            var values = users.ValuesOf(user);
            for (var i = 0; i < items.Length; i++) scores[items[i]] += vote * values[i];
        }

        private bool HasOthers(int user, SortedDictionary<int, float> own)
        {
            foreach (var item in users.ColumnsOf(user))
                if (!own.ContainsKey(item)) return true;
            return false;
        }

        private SortedDictionary<int, float> ItemsOf(ReadOnlySpan<HistoryEntry> history)
        {
            var weights = new SortedDictionary<int, float>();
            foreach (var entry in history[^Math.Min(HistoryLimit, history.Length)..])
            {
                if ((uint)entry.Item < (uint)ItemCount)
                    weights[entry.Item] = weights.GetValueOrDefault(entry.Item) + entry.Weight;
            }
            return weights;
        }
    }
}
