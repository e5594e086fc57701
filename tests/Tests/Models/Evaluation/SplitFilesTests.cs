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

    [Theory]
    [InlineData("SessionId\tTime\tItemId\n1\t10\ta\n1\t20\tb\n")]
    [InlineData("session_id,timestamp,item_id,category\n1,10,a,0\n1,20,b,0\n")]
    [InlineData("timestamp,visitorid,event,itemid\n10,1,view,a\n20,1,view,b\n")]
    [InlineData("sessionId;itemId;ts\n1;a;1970-01-01T00:00:10Z\n1;b;1970-01-01 00:00:20\n")]
    [InlineData("\"Session_ID\" item time\n1 a 10\n1 b 20\n")]
    public void Columns_are_found_by_their_names_wherever_they_are(string file)
    {
        var (split, items) = Read(new NextItemProtocol(), file, file);

        Assert.Equal(["a", "b"], items);
        Assert.Equal([10.0, 20],
            split.Train.Entries.ToArray().Select(click => click.Time));
        Assert.Equal([0], Items(Assert.Single(split.Cases)));
    }

    [Theory]
    [InlineData("SessionId\tItemId\tWhen\n1\ta\t10\n")]
    [InlineData("visit\tthing\twhen\n1\ta\t10\n")]
    [InlineData("1,2014-04-07T10:51:09.277Z,214536502,0\n")]
    [InlineData("user_id\titem_id\n1\ta\n")]
    public void A_heading_that_is_not_understood_is_refused_with_what_is_wanted(string file)
    {
        var fault = Assert.Throws<FormatException>(
            () => Read(new NextItemProtocol(), file, null));

        Assert.Contains("SessionId, ItemId and Time", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Milliseconds_are_told_from_seconds_by_their_size()
    {
        var (split, _) = Read(new NextItemProtocol(),
            "timestamp,visitorid,event,itemid\n1433221332117,1,view,a\n", "a b\n");

        Assert.Equal(1_433_221_332.117, split.Train.Entries[0].Time, 3);
    }

    [Fact]
    public void A_table_of_ratings_is_read_as_what_users_did_one_after_the_other()
    {
        var (split, items) = Read(new LeaveOneOutProtocol(),
            "userId,itemId,rating,timestamp\nu,b,5,20\nu,a,4,10\n", null);

        Assert.Equal(["b", "a"], items);
        Assert.Equal([1], Items(Assert.Single(split.Cases)));
    }

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
