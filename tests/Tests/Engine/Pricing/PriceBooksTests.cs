using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Pricing;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;
using static StreamCommerce.Tests.Engine.Pricing.Priced;

namespace StreamCommerce.Tests.Engine.Pricing;

public sealed class PriceBooksTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _time = new();

    private string File => Path.Combine(_folder.Path, PriceBooks.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_file_the_book_is_empty()
    {
        using var books = Open();

        Assert.True(books.Current.IsEmpty);
    }

    [Fact]
    public void A_changed_file_changes_the_book_and_a_damaged_one_does_not()
    {
        Write("""{"taxes":[{"area":"DE","rate":7}]}""");
        using var books = Open();
        Assert.Equal(7, books.Current.Taxes[0].Rate);

        Write("""{"taxes":[{"area":"DE","rate":19}]}""");
        _time.Advance(PriceBooks.Interval);
        Assert.Equal(19, books.Current.Taxes[0].Rate);

        Write("""{"taxes":[{"area":"DE","rate":190}]}""");
        _time.Advance(PriceBooks.Interval);
        Assert.Equal(19, books.Current.Taxes[0].Rate);

        System.IO.File.Delete(File);
        _time.Advance(PriceBooks.Interval);
        Assert.Equal(19, books.Current.Taxes[0].Rate);
    }

    [Fact]
    public void A_shop_does_not_start_with_a_damaged_book()
    {
        Write("""{"taxes":[{"area":"DE"}]}""");

        var fault = Assert.Throws<InvalidDataException>(Open);

        Assert.Contains("/taxes/0", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_book_that_was_put_is_there_after_a_restart()
    {
        long version;
        using (var books = Open())
            version = books.Put(Book(Percent("p", 10)), ifMatch: 0).Value!.Version;

        using var again = Open();

        Assert.Equal(version, again.Current.Version);
        Assert.Equal("p", again.Current.Promotions[0].Id);
    }

    [Fact]
    public void A_book_that_somebody_else_has_changed_is_not_replaced()
    {
        using var books = Open();
        var read = books.Put(Book(Percent("p", 10)), null).Value!.Version;
        // By hand, and not looked at yet.
        Write("""{"taxes":[{"area":"DE","rate":7}]}""");

        var refusal = books.Put(Book(Percent("p", 20)), read).Refusal!;

        Assert.Equal(RefusalCode.VersionMismatch, refusal.Code);
        Assert.Equal(7, books.Current.Taxes[0].Rate);
    }

    private PriceBooks Open() => PriceBooks.Open(File, _time, NullLogger<PriceBooks>.Instance);

    private void Write(string text) => System.IO.File.WriteAllText(File, text);
}
