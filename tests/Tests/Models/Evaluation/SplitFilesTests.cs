using StreamCommerce.Models.Evaluation;
using Xunit;

namespace StreamCommerce.Tests.Models.Evaluation;

public sealed class SplitFilesTests
{
    [Fact]
    public void Items_of_users_are_read_and_numbered_as_they_come()
    {
        var (split, items) = Read(new TopNProtocol(), "u1 a b\nu2 c\n", "u2 a d\n");

        Assert.Equal(["a", "b", "c", "d"], items);
        Assert.Equal(2, split.Train.UserCount);
        Assert.Equal(4, split.Train.ItemCount);
        var question = Assert.Single(split.Cases);
        Assert.Equal([2], Items(question));
        Assert.Equal([0, 3], question.Targets.ToArray());
    }

    [Fact]
    public void A_user_to_ask_for_has_to_be_known() =>
        Assert.Throws<FormatException>(() => Read(new TopNProtocol(), "u1 a", "u2 b"));

    [Fact]
    public void Sequences_are_cut_where_there_is_no_test_file()
    {
        var (split, _) = Read(new LeaveOneOutProtocol(), "u1 a b c\n", null);

        var question = Assert.Single(split.Cases);
        Assert.Equal([0, 1], Items(question));
        Assert.Equal([2], question.Targets.ToArray());
    }

    [Fact]
    public void A_session_is_a_line_of_items()
    {
        var (split, items) = Read(new NextItemProtocol(), "7 8\n\n", "8 7 9\n");

        Assert.Equal(["7", "8", "9"], items);
        Assert.Equal([[1], [1, 0]], split.Cases.Select(Items));
    }

    [Fact]
    public void A_line_of_questions_asks_for_its_target_only()
    {
        var (split, _) = Read(new NextItemProtocol(), "1 2 3\n", "1 2\t3\n1\t2\n");

        Assert.Equal([[0, 1], [0]], split.Cases.Select(Items));
        Assert.Equal([2, 1], split.Cases.Select(question => question.Targets.Span[0]));
    }

    [Fact]
    public void A_table_of_clicks_is_put_into_the_order_of_time()
    {
        const string heading = "SessionId\tItemId\tTime\n";
        var (split, items) = Read(new NextItemProtocol(),
            heading + "1\ta\t30.5\n1\tb\t10\n2\tc\t20\n", heading + "9\tc\t50\n9\ta\t40\n");

        Assert.Equal(["a", "b", "c"], items);
        Assert.Equal([new(2, 1, 20), new(1, 1, 10), new(0, 1, 30.5)],
            split.Train.Entries.ToArray());
        Assert.Equal([0], Items(Assert.Single(split.Cases)));
    }

    [Theory]
    [InlineData("1\ta\n")]
    [InlineData("1\ta\tnoon\n")]
    [InlineData("1\ta\tNaN\n")]
    public void A_click_without_a_time_is_refused(string line) =>
        Assert.Throws<FormatException>(() =>
            Read(new NextItemProtocol(), "SessionId\tItemId\tTime\n" + line, null));

    [Fact]
    public void An_empty_file_is_refused() =>
        Assert.Throws<FormatException>(() => Read(new TopNProtocol(), "", null));

    private static (EvaluationSplit, IReadOnlyList<string>) Read(
        EvaluationProtocol protocol, string train, string? test) =>
        SplitFiles.Read(protocol, new StringReader(train),
            test is null ? null : new StringReader(test));

    private static int[] Items(TestCase question) =>
        [.. question.History.ToArray().Select(entry => entry.Item)];
}
