using FsCheck.Xunit;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Attribution;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Attribution;

public sealed class AnswerLabelTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 11, 0, 0, 123, TimeSpan.Zero);
    private static readonly VisitorId Visitor = new("visitor-7");

    [Property(MaxTest = 200)]
    public void An_id_says_who_proposed_what_and_for_which_arms(int seed)
    {
        var random = new Random(seed);
        var items = Items(random, random.Next(0, AnswerLabel.ItemLimit + 1));
        uint[] arms = [.. Enumerable.Range(0, random.Next(0, AnswerLabel.ArmLimit + 1))
            .Select(_ => (uint)random.NextInt64(uint.MaxValue))];

        var id = AnswerLabel.Write(Visitor, At, (uint)seed, arms, items);
        var label = AnswerLabel.Read(id, Visitor)!;

        Assert.True(id.Length <= EventRules.ParameterLengthLimit);
        Assert.Equal(At, label.At);
        Assert.Equal(arms, Enumerable.Range(0, label.ArmCount).Select(label.ArmOf));
        Assert.Equal(items.Select(item => item.Source),
            Enumerable.Range(0, label.ItemCount).Select(label.SourceOf));
        for (var place = 0; place < items.Length; place++)
            Assert.InRange(label.Find(items[place].Sku), 0, place);
    }

    [Property(MaxTest = 200)]
    public void An_id_that_was_changed_cut_or_garbled_says_nothing(int seed)
    {
        var random = new Random(seed);
        var id = AnswerLabel.Write(Visitor, At, 1, [7, 8], Items(random, 10));
        var at = random.Next(AnswerLabel.Prefix.Length, id.Length);
        var other = id[at] == 'A' ? 'B' : 'A';
        var noise = new byte[random.Next(0, 300)];
        random.NextBytes(noise);

        Assert.Null(AnswerLabel.Read(id[..at], Visitor));
        Assert.Null(AnswerLabel.Read(id + "A", Visitor));
        Assert.Null(AnswerLabel.Read(AnswerLabel.Prefix +
            System.Buffers.Text.Base64Url.EncodeToString(noise), Visitor));
        // The last character may hold bits of no byte; then it is another text of the same id.
        if (AnswerLabel.Read(id[..at] + other + id[(at + 1)..], Visitor) is { } same)
            Assert.Equal(AnswerLabel.Read(id, Visitor)!.Key, same.Key);
    }

    [Fact]
    public void An_id_is_worth_nothing_in_the_hands_of_another_visitor()
    {
        var id = AnswerLabel.Write(Visitor, At, 1, [], Items(new Random(1), 5));

        Assert.NotNull(AnswerLabel.Read(id, Visitor));
        Assert.Null(AnswerLabel.Read(id, new VisitorId("visitor-8")));
    }

    [Fact]
    public void The_id_of_an_answer_for_nobody_in_particular_may_be_sent_by_everybody()
    {
        var id = AnswerLabel.Write(null, At, 1, [], Items(new Random(1), 5));

        Assert.NotNull(AnswerLabel.Read(id, Visitor));
        Assert.NotNull(AnswerLabel.Read(id, new VisitorId("visitor-8")));
    }

    [Fact]
    public void Two_answers_of_one_millisecond_have_two_ids()
    {
        var ids = new AnswerIds(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(At));
        var items = Items(new Random(1), 5);

        Assert.NotEqual(
            ids.New(Visitor, Assignment.None, items), ids.New(Visitor, Assignment.None, items));
    }

    [Fact]
    public void A_product_that_was_not_in_the_answer_is_not_found()
    {
        var id = AnswerLabel.Write(Visitor, At, 1, [],
            [new(new Sku("mug"), RecommendationSource.Trending)]);

        Assert.Equal(-1, AnswerLabel.Read(id, Visitor)!.Find(new Sku("plate")));
    }

    [Fact]
    public void The_form_of_an_id_stays_as_it_is() => Assert.Equal(
        "rec-AUnHbrUBnKkOG_sBAAAAAgUAAAAGAAAAAs-7C-42AQ",
        AnswerLabel.Write(Visitor, At, 1, [5, 6],
            [new(new Sku("mug"), RecommendationSource.NewArrivals),
            new(new Sku("plate"), RecommendationSource.Factors)]));

    private static AnsweredItem[] Items(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new AnsweredItem(
            new Sku($"sku-{random.Next(1_000_000)}"), (RecommendationSource)random.Next(14)))];
}
