using FsCheck.Xunit;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Trainer;
using Xunit;

namespace StreamCommerce.Tests.Models.Trainer;

public sealed class ForeignFactorsTests
{
    private static readonly Histories Two = Histories.Of(
        [[new HistoryEntry(0), new HistoryEntry(2)], [new HistoryEntry(2)], []], itemCount: 4);

    [Fact]
    public void Every_item_of_a_user_is_an_entry_of_one() => Assert.Equal(
        [new(0, 0, 1), new(0, 2, 1), new MatrixEntry(1, 2, 1)], MatrixEntries.Observed(Two));

    [Property(MaxTest = 100)]
    public void Drawn_zeros_are_never_what_the_user_has_and_labels_differ(int seed)
    {
        var entries = MatrixEntries.WithDrawnZeros(Two, zerosPerEntry: 2, seed);

        Assert.Equal(MatrixEntries.Observed(Two), entries.Where(entry => entry.Label > 0));
        var drawn = entries.Where(entry => entry.Label == 0).ToList();
        Assert.NotEmpty(drawn);
        Assert.All(drawn, entry => Assert.DoesNotContain(
            entry with { Label = 1 }, MatrixEntries.Observed(Two)));
        Assert.Equal(entries, MatrixEntries.WithDrawnZeros(Two, zerosPerEntry: 2, seed));
    }

    [Fact]
    public void What_a_library_never_saw_has_no_factor_and_is_never_a_number_that_is_none()
    {
        float[] users = [1, 0, 0, 1, float.NaN, float.NaN];
        float[] items = [1, 0, float.NaN, float.NaN, 0, 1, float.NaN, float.NaN];

        var ranker = ForeignFactors.ToRanker(
            Two, 2, users, items, new(0.01, 0.01, 0), threadCount: 1, default);

        var scores = new float[4];
        ranker.Score(Two[0], scores);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        Assert.True(scores[0] > scores[1] && scores[2] > scores[3]);
    }

    [Fact]
    public void A_library_that_has_diverged_is_told_of()
    {
        float[] items = [float.NaN, 0, 0, 0, 0, 1, 0, 0];

        var fault = Assert.Throws<InvalidDataException>(() => ForeignFactors.ToRanker(
            Two, 2, new float[6], items, new(0.01, 0.01, 0), threadCount: 1, default));

        Assert.Contains("item 0", fault.Message, StringComparison.Ordinal);
    }
}
