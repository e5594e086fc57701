using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class PageCursorTests
{
    [Fact]
    public void Its_text_says_what_the_pages_have_shown()
    {
        var first = PageCursor.Start.Next(Page("a", "b"))!;
        var second = first.Next(Page("c"))!;

        Assert.True(PageCursor.TryParse(second.ToString(), out var read));

        Assert.Equal(3, read.Count);
        Assert.All(["a", "b", "c"], sku => Assert.True(read.HasShown(new(sku))));
        Assert.False(read.HasShown(new("d")));
        Assert.False(first.HasShown(new("c")));
    }

    [Fact]
    public void Nobody_leafs_for_ever()
    {
        var cursor = PageCursor.Start;
        var pages = 0;
        while (cursor.Next(Fifty(pages)) is { } next)
        {
            cursor = next;
            pages++;
        }

        Assert.Equal(PageCursor.ShownLimit / 50, pages);
        Assert.True(PageCursor.TryParse(cursor.ToString(), out _));
        Assert.Null(PageCursor.Start.Next([]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base64 url!")]
    [InlineData("AAA")]
    public void Another_text_is_no_cursor(string? text) =>
        Assert.False(PageCursor.TryParse(text, out _));

    [Fact]
    public void A_text_that_is_too_long_is_no_cursor() =>
        Assert.False(PageCursor.TryParse(new string('A', 4 * 4 * PageCursor.ShownLimit), out _));

    private static Recommendation[] Fifty(int page) =>
        Page([.. Enumerable.Range(0, 50).Select(i => $"{page}-{i}")]);

    private static Recommendation[] Page(params string[] skus) => [.. skus.Select(sku =>
        new Recommendation(new Sku(sku), null, 1, default, default, null, null))];
}
