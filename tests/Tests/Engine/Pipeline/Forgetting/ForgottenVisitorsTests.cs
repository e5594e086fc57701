using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline.Forgetting;

public sealed class ForgottenVisitorsTests : IDisposable
{
    private static readonly VisitorId Ann = new("ann");

    private readonly TemporaryDirectory _directory = new();

    private string FilePath => _directory.In("forgotten.marks");

    private static ForgetMark At(long offset) => new(StableHash.Of(Ann.Value), offset);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_mark_covers_what_lies_below_it_in_its_partition()
    {
        using (var forgotten = Open(0, 0)) forgotten.Add(1, At(10));
        using var again = Open(0, 0);

        Assert.True(again.Covers(1, Ann, 9));
        Assert.False(again.Covers(1, Ann, 10));
        Assert.False(again.Covers(0, Ann, 9));
        Assert.False(again.Covers(1, new("bob"), 9));
    }

    [Fact]
    public void A_mark_that_a_crash_cut_at_any_byte_is_gone_and_the_others_are_there()
    {
        using (var forgotten = Open(0, 0))
        {
            forgotten.Add(0, At(5));
            forgotten.Add(0, At(77));
        }
        var whole = File.ReadAllBytes(FilePath);
        var first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var length = first; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            using (var forgotten = Open(0, 0))
            {
                Assert.Equal([At(5)], forgotten.MarksOf(0));
                forgotten.Add(0, At(77));
            }
            Assert.Equal(whole, File.ReadAllBytes(FilePath));
        }
    }

    [Fact]
    public void What_retention_has_removed_from_the_log_needs_no_mark()
    {
        using (var forgotten = Open(0, 0))
        {
            forgotten.Add(0, At(5));
            forgotten.Add(0, At(77));
        }
        Open(6, 0).Dispose();

        using var again = Open(0, 0);
        Assert.Equal([At(77)], again.MarksOf(0));
    }

    [Fact]
    public void A_file_of_something_else_is_refused()
    {
        File.WriteAllText(FilePath, "hello\n");

        Assert.Throws<InvalidDataException>(() => Open(0, 0));
    }

    private ForgottenVisitors Open(params long[] firstOffsets) => new(FilePath, firstOffsets);
}
