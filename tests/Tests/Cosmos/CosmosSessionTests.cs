using System.Text;
using FsCheck.Xunit;
using StreamCommerce.Engine.Storage.Cosmos;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

public sealed class CosmosSessionTests : IDisposable
{
    public CosmosSessionTests() => CosmosSession.Current = new();

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
    public void Who_has_written_nothing_has_nothing_to_take_along() =>
        Assert.Equal("", CosmosSession.Current!.ToString());

    [Property(MaxTest = 300)]
    public void Any_text_is_a_session_or_none(string text)
    {
        Assert.Equal("", CosmosSession.Parse(text).ToString());
        _ = CosmosSession.Parse(Convert.ToBase64String(Encoding.UTF8.GetBytes(text ?? "")));
    }

    [Theory]
    [InlineData("fresh")]
    [InlineData("0:-1#7\r")]
    [InlineData("0:-1#7 or so")]
    [InlineData("")]
    public void What_the_account_would_refuse_is_no_token(string token)
    {
        CosmosSession.Current = CosmosSession.Parse(Convert.ToBase64String(
            Encoding.UTF8.GetBytes($"carts\nc1\n{token}")));

        Assert.Null(TokenOf("carts", "c1"));
    }

    private static void Pass() =>
        CosmosSession.Current = CosmosSession.Parse(CosmosSession.Current!.ToString());

    private static string? TokenOf(string container, string partition) =>
        CosmosSession.ReadOptions(container, partition)?.SessionToken;
}
