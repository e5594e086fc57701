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
    public void A_mark_that_another_replaces_is_gone_also_at_the_next_start()
    {
        using (var forgotten = Open(0, 0))
        {
            forgotten.Add(0, At(5));
            forgotten.Add(0, At(7));
            forgotten.Add(0, At(9), replaces: true);
            forgotten.Add(0, At(9), replaces: true);
            Assert.Equal([At(5), At(9)], forgotten.MarksOf(0));
        }
        using (var again = Open(0, 0)) Assert.Equal([At(5), At(9)], again.MarksOf(0));

        Assert.Equal(2, File.ReadAllLines(FilePath).Length);
    }

    [Fact]
    public void Who_is_forgotten_over_and_over_takes_no_more_room()
    {
        using var forgotten = Open(0);
        for (var offset = 1; offset < 3 * ForgottenVisitors.ReplacedLimit; offset++)
            forgotten.Add(0, At(offset), replaces: true);

        Assert.Single(forgotten.MarksOf(0));
        Assert.True(File.ReadLines(FilePath).Count() <= ForgottenVisitors.ReplacedLimit + 2);
        Assert.True(ForgetMarks.Read(FilePath).Covers(
            0, Ann, (3 * ForgottenVisitors.ReplacedLimit) - 2));
    }

    [Fact]
    public void Others_may_read_the_file_while_marks_are_added()
    {
        using var forgotten = Open(0, 0);
        forgotten.Add(1, At(10));

        var marks = ForgetMarks.Read(FilePath);

        Assert.True(marks.Covers(1, Ann, 9));
        Assert.False(marks.Covers(1, Ann, 10));
        Assert.False(marks.Covers(0, Ann, 9));
        Assert.False(marks.Covers(7, Ann, 9));
        Assert.False(marks.Covers(1, new("bob"), 9));
    }

    [Fact]
    public void Without_a_file_nobody_was_forgotten() =>
        Assert.False(ForgetMarks.Read(FilePath).Covers(0, Ann, 0));

    [Fact]
    public void A_file_of_something_else_is_refused()
    {
        File.WriteAllText(FilePath, "hello\n");

        Assert.Throws<InvalidDataException>(() => Open(0, 0));
    }

    private ForgottenVisitors Open(params long[] firstOffsets) => new(FilePath, firstOffsets);
}
