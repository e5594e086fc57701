using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Experiments;

public sealed class ExperimentBooksTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    private string File => Path.Combine(_directory.Path, ExperimentBooks.FileName);

    [Fact]
    public void Whoever_edits_the_file_changes_the_next_answer()
    {
        using var books = Open();
        Assert.Same(Assignment.None, books.For(new VisitorId("v"), Placement.ForVisitor));

        System.IO.File.WriteAllText(File, """
            {
              // Everybody.
              "experiments": [{ "name": "e", "arms": [{ "name": "all", "share": 100 }] }],
            }
            """);
        _time.Advance(ExperimentBooks.Interval);

        Assert.Equal([new ArmName("e", "all")],
            books.For(new VisitorId("v"), Placement.ForVisitor).Arms);
    }

    [Fact]
    public void A_damaged_file_changes_nothing()
    {
        using var books = Open();
        books.Put(AssignmentTests.Book(AssignmentTests.Of("e", 100)), null);

        System.IO.File.WriteAllText(File, """{"experiments":[{"name":"e","arms":[]}]}""");
        _time.Advance(ExperimentBooks.Interval);

        Assert.Single(books.For(new VisitorId("v"), Placement.ForVisitor).Arms);
    }

    [Fact]
    public void A_book_that_was_put_is_there_after_a_restart()
    {
        long version;
        using (var books = Open())
        {
            version = books.Put(AssignmentTests.Book(AssignmentTests.Of("e", 20, 20)), null)
                .Value!.Version;
        }

        using var again = Open();

        Assert.Equal(version, again.Current.Version);
        Assert.Equal("e", again.Current.Experiments.Single().Name);
    }

    [Fact]
    public void A_book_is_replaced_by_its_version_only()
    {
        using var books = Open();
        var first = books.Put(AssignmentTests.Book(AssignmentTests.Of("e", 20)), 0).Value!;

        var second = books.Put(ExperimentBook.Empty, 0);
        var third = books.Put(ExperimentBook.Empty, first.Version);

        Assert.Equal(RefusalCode.VersionMismatch, second.Refusal!.Code);
        Assert.Equal(0, third.Value!.Version);
    }

    [Fact]
    public void A_shop_does_not_start_with_a_damaged_file()
    {
        System.IO.File.WriteAllText(File, "{");

        Assert.Throws<InvalidDataException>(Open);
    }

    public void Dispose() => _directory.Dispose();

    private ExperimentBooks Open() =>
        ExperimentBooks.Open(File, _time, NullLogger<ExperimentBooks>.Instance);
}
