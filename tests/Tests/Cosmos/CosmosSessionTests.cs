using System.Text;
using FsCheck.Xunit;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

public sealed class CosmosSessionTests : IDisposable
{
    private static readonly DateTimeOffset Start = ShopFixture.Start;

    public CosmosSessionTests() => CosmosSession.Current = new(Start);

    public void Dispose() => CosmosSession.Current = null;

    [Fact]
    public void What_was_written_is_read_by_whoever_takes_the_session_along()
    {
        CosmosSession.Wrote("carts", "c1", "0:-1#7");
        CosmosSession.Wrote("carts", "c2", "1:-1#9#1=4");
        Pass();

        Assert.Equal("0:-1#7", TokenOf("carts", "c1"));
        Assert.Equal("1:-1#9#1=4", TokenOf("carts", "c2"));
        Assert.Null(TokenOf("orders", "c1"));
    }

    [Fact]
    public void Of_one_partition_the_last_write_counts()
    {
        CosmosSession.Wrote("carts", "c1", "0:-1#7");
        CosmosSession.Wrote("carts", "c1", "0:-1#8");
        Pass();

        Assert.Equal("0:-1#8", TokenOf("carts", "c1"));
    }

    [Fact]
    public void It_keeps_the_sixteen_that_were_written_last()
    {
        for (var i = 0; i < 17; i++) CosmosSession.Wrote("carts", $"c{i}", $"0:-1#{i}");
        Pass();

        Assert.Null(TokenOf("carts", "c0"));
        Assert.Equal("0:-1#1", TokenOf("carts", "c1"));
        Assert.Equal("0:-1#16", TokenOf("carts", "c16"));
    }

    [Fact]
    public void All_partitions_of_a_container_are_read_with_the_last_write_of_each_range()
    {
        CosmosSession.Wrote("orders", "o1", "0:-1#7");
        CosmosSession.Wrote("orders", "o2", "1:-1#3");
        CosmosSession.Wrote("carts", "c1", "2:-1#5");
        CosmosSession.Wrote("orders", "o3", "0:-1#9");
        Pass();

        Assert.Equal("0:-1#9,1:-1#3", CosmosSession.TokenOf("orders"));
        Assert.Null(CosmosSession.TokenOf("stock"));
    }

    [Fact]
    public void Of_writes_side_by_side_the_furthest_counts_whichever_answers_last()
    {
        CosmosSession.Wrote("orders", "o1", "0:-1#9#1=4");
        CosmosSession.Wrote("orders", "o1", "0:-1#8#1=4");
        CosmosSession.Wrote("orders", "o2", "0:-1#7");

        Assert.Equal("0:-1#9#1=4", TokenOf("orders", "o1"));
        Assert.Equal("0:-1#9#1=4", CosmosSession.TokenOf("orders"));
    }

    [Fact]
    public void What_was_written_long_from_now_was_not()
    {
        CosmosSession.Wrote("carts", "c1", "0:-1#7");
        Pass(-2 * CosmosSession.Lifetime);

        Assert.Null(TokenOf("carts", "c1"));
    }

    [Fact]
    public void What_has_been_written_for_a_minute_is_left_behind()
    {
        CosmosSession.Wrote("carts", "c1", "0:-1#7");
        Pass(TimeSpan.FromSeconds(40));
        CosmosSession.Wrote("carts", "c2", "0:-1#8");
        Pass(TimeSpan.FromSeconds(61));

        Assert.Null(TokenOf("carts", "c1"));
        Assert.Equal("0:-1#8", TokenOf("carts", "c2"));
    }

    [Fact]
    public void Only_a_call_that_writes_has_something_to_tell()
    {
        CosmosSession.Wrote("carts", "c1", "0:-1#7");
        Assert.True(CosmosSession.Current!.HasWritten);
        Pass();
        Assert.False(CosmosSession.Current!.HasWritten);
    }

    [Fact]
    public void Of_names_that_are_too_long_for_a_header_the_last_ones_are_kept()
    {
        for (var i = 0; i < 16; i++)
            CosmosSession.Wrote("carts", new string('x', 400) + i, $"0:-1#{i}");

        Assert.InRange(CosmosSession.Current!.ToString().Length, 1, CosmosSession.TextLimit);
        Pass();
        Assert.Null(TokenOf("carts", new string('x', 400) + 0));
        Assert.Equal("0:-1#15", TokenOf("carts", new string('x', 400) + 15));
    }

    [Fact]
    public void Who_has_written_nothing_has_nothing_to_take_along() =>
        Assert.Equal("", CosmosSession.Current!.ToString());

    [Property(MaxTest = 300)]
    public void Any_text_is_a_session_or_none(string text)
    {
        Assert.Equal("", CosmosSession.Parse(text, Start).ToString());
        _ = CosmosSession.Parse(
            Convert.ToBase64String(Encoding.UTF8.GetBytes(text ?? "")), Start);
    }

    [Theory]
    [InlineData("fresh")]
    [InlineData("0:-1#7\r")]
    [InlineData("0:-1#7 or so")]
    [InlineData(":-1#7")]
    [InlineData("0:-1#7,1:-1#8")]
    [InlineData("")]
    public void What_the_account_would_refuse_is_no_token(string token)
    {
        CosmosSession.Current = CosmosSession.Parse(Convert.ToBase64String(
            Encoding.UTF8.GetBytes($"carts\nc1\n{token}\n{Start.ToUnixTimeSeconds()}")), Start);

        Assert.Null(TokenOf("carts", "c1"));
    }

    /// <summary>The next call, so long after the first.</summary>
    private static void Pass(TimeSpan later = default) => CosmosSession.Current =
        CosmosSession.Parse(CosmosSession.Current!.ToString(), Start + later);

    private static string? TokenOf(string container, string partition) =>
        CosmosSession.TokenOf(container, partition);
}
