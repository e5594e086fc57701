using FsCheck.Xunit;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Ranking;
using Xunit;

namespace StreamCommerce.Tests.Models.Evaluation;

public sealed class EvaluationProtocolTests
{
    [Theory]
    [InlineData("top-n", 20)]
    [InlineData("next-item", 20)]
    [InlineData("leave-one-out", 10)]
    public void A_protocol_is_found_by_its_name_with_its_usual_list(string name, int listLength)
    {
        var protocol = EvaluationProtocol.Named(name);

        Assert.Equal(name, protocol?.Name);
        Assert.Equal(listLength, protocol?.ListLength);
    }

    [Fact]
    public void An_unknown_protocol_is_none() => Assert.Null(EvaluationProtocol.Named("guess"));

    [Fact]
    public void Top_n_asks_for_the_test_items_and_leaves_out_those_of_training()
    {
        var split = new TopNProtocol().Split(Lists([3, 1, 1], [2]), Lists([5, 4, 5], []));

        var question = Assert.Single(split.Cases);
        Assert.Equal([3, 1, 1], Items(question.History));
        Assert.Equal([4, 5], question.Targets.ToArray());
        Assert.Equal([1, 3], question.LeftOut.ToArray());
    }

    [Property]
    public void A_cut_of_top_n_hides_the_same_share_of_everybody_and_loses_nothing(int seed)
    {
        var random = new Random(seed);
        var all = Lists([.. Enumerable.Range(0, 20).Select(_ =>
            Enumerable.Range(0, 50).Where(_ => random.Next(3) == 0).ToArray())]);

        var split = new TopNProtocol(HiddenShare: 0.25).Cut(all, seed);

        var asked = split.Cases.ToDictionary(c => c.History, c => c.Targets);
        for (var user = 0; user < 20; user++)
        {
            var kept = Items(split.Train.MemoryOf(user));
            var hidden = asked.TryGetValue(split.Train.MemoryOf(user), out var targets)
                ? targets.ToArray() : [];
            Assert.Equal((int)Math.Round(0.25 * all[user].Length), hidden.Length);
            Assert.Equal(Items(all.MemoryOf(user)).Order(), kept.Concat(hidden).Order());
        }
    }

    [Fact]
    public void A_cut_of_top_n_depends_on_its_seed_alone()
    {
        var all = Lists([.. Enumerable.Range(0, 9).Select(_ => Enumerable.Range(0, 40).ToArray())]);
        var protocol = new TopNProtocol();

        Assert.Equal(Targets(protocol.Cut(all, 7)), Targets(protocol.Cut(all, 7)));
        Assert.NotEqual(Targets(protocol.Cut(all, 7)), Targets(protocol.Cut(all, 8)));
    }

    [Fact]
    public void A_user_of_one_item_keeps_it()
    {
        var split = new TopNProtocol(HiddenShare: 0.9).Cut(Lists([4]), 1);

        Assert.Empty(split.Cases);
        Assert.Equal([4], Items(split.Train.MemoryOf(0)));
    }

    [Fact]
    public void Next_item_asks_every_prefix_for_the_click_behind_it()
    {
        var split = new NextItemProtocol().Split(Lists([1, 2]), Lists([3, 1, 1], [4], []));

        Assert.Equal(["3→1", "3,1→1"], split.Cases.Select(Text));
        Assert.All(split.Cases, question => Assert.True(question.LeftOut.IsEmpty));
    }

    [Fact]
    public void What_is_on_screen_can_be_left_out()
    {
        var split = new NextItemProtocol(LeaveOutOnScreen: true).Split(Lists(), Lists([3, 1, 2]));

        Assert.Equal([[3], [1]], split.Cases.Select(question => question.LeftOut.ToArray()));
    }

    [Fact]
    public void Where_each_prefix_is_a_line_only_the_last_click_is_asked_for()
    {
        var split = new NextItemProtocol(LastOnly: true).Split(Lists(), Lists([3, 1, 2], [5]));

        Assert.Equal(["3,1→2"], split.Cases.Select(Text));
    }

    [Fact]
    public void A_cut_of_next_items_takes_the_sessions_that_ended_last()
    {
        var sessions = Histories.Of(
            [[new(1, 1, 10), new(2, 1, 90)], [new(3, 1, 20), new(4, 1, 30)], [new(5, 1, 40)]], 6);

        var split = new NextItemProtocol(LateShare: 0.34).Cut(sessions, 1);

        Assert.Equal(["1→2"], split.Cases.Select(Text));
        Assert.Equal([3, 4, 5], split.Train.Entries.ToArray().Select(entry => entry.Item));
    }

    [Fact]
    public void A_cut_of_next_items_without_times_takes_the_last_lines()
    {
        var split = new NextItemProtocol(LateShare: 0.5).Cut(Lists([1, 2], [3, 4]), 1);

        Assert.Equal(["3→4"], split.Cases.Select(Text));
    }

    [Fact]
    public void Leave_one_out_asks_for_the_last_then_for_the_last_but_one()
    {
        var test = new LeaveOneOutProtocol().Cut(Lists([1, 2, 3], [5]), 1);
        var validation = test.Validation();

        Assert.Equal(["1,2→3"], test.Cases.Select(Text));
        Assert.Equal([1, 2], Assert.Single(test.Cases).LeftOut.ToArray());
        Assert.Equal(["1→2"], validation.Cases.Select(Text));
        Assert.Equal(2, validation.Train.EntryCount);
    }

    [Fact]
    public void Parts_of_other_users_do_not_fit() =>
        Assert.Throws<ArgumentException>(() => new TopNProtocol().Split(Lists([1]), Lists()));

    [Fact]
    public void A_sample_is_spread_over_all_questions()
    {
        var split = new NextItemProtocol().Split(Lists(), Lists([1, 2, 3, 4, 5, 0, 1]));

        Assert.Equal(["1→2", "1,2,3→4", "1,2,3,4,5→0"], split.Sample(3).Cases.Select(Text));
        Assert.Same(split, split.Sample(6));
    }

    private static Histories Lists(params int[][] lists) => Histories.Of(
        lists.Select(list => list.Select(item => new HistoryEntry(item)).ToArray()), 60);

    private static int[] Items(ReadOnlyMemory<HistoryEntry> entries) =>
        [.. entries.ToArray().Select(entry => entry.Item)];

    private static string Text(TestCase question) => string.Join(',', Items(question.History))
        + "→" + string.Join(',', question.Targets.ToArray());

    private static int[] Targets(EvaluationSplit split) =>
        [.. split.Cases.SelectMany(question => question.Targets.ToArray())];
}
