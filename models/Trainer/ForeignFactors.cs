using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>
/// Factors that another library has learnt, made into a ranker like ours: what it never saw has no
/// factor, and no number that is none gets in.
/// </summary>
public static class ForeignFactors
{
    /// <summary>Takes the factors over.</summary>
    /// <param name="histories">What they were learnt from.</param>
    /// <param name="dimensions">Numbers of a factor.</param>
    /// <param name="userFactors">User by user; changed in place.</param>
    /// <param name="itemFactors">Item by item; changed in place.</param>
    /// <param name="foldIn">How a visitor's factor follows, in the library's loss.</param>
    /// <param name="threadCount">Threads at most.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="InvalidDataException">A factor of what was seen is not finite: the library
    /// has diverged.</exception>
    public static FactorizationRanker ToRanker(
        Histories histories, int dimensions, float[] userFactors, float[] itemFactors,
        FoldInParameters foldIn, int threadCount, CancellationToken ct)
    {
        var popularity = new float[histories.ItemCount];
        foreach (var entry in histories.Entries) popularity[entry.Item] += entry.Weight;
        Clean(itemFactors, dimensions, item => popularity[item] > 0, "item");
        Clean(userFactors, dimensions, user => !histories[user].IsEmpty, "user");
        return new FactorizationRanker(
            FactorizationModel.Of(
                dimensions, userFactors, itemFactors, popularity, threadCount: threadCount, ct: ct),
            foldIn, threadCount);
    }

    // LIBMF, for one, says NaN for rows and columns without an entry.
    private static void Clean(
        float[] factors, int dimensions, Func<int, bool> wasSeen, string what)
    {
        for (var row = 0; row < factors.Length / dimensions; row++)
        {
            var factor = factors.AsSpan(row * dimensions, dimensions);
            if (!wasSeen(row))
            {
                factor.Clear();
                continue;
            }
            foreach (var number in factor)
            {
                if (float.IsFinite(number)) continue;
                throw new InvalidDataException($"The factor of {what} {row} has the number " +
                    $"{number}: the trainer has diverged. Lower its learning rate.");
            }
        }
    }
}
