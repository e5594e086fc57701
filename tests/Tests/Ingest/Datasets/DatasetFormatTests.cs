using System.IO.Compression;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Datasets;

public sealed class DatasetFormatTests
{
    private const string Clicks =
        "SessionId\tItemId\tTime\n1\t10\t100\nbad\n1\t11\t101\n1\t12\t102\n";

    [Fact]
    public void Every_format_is_found_by_its_name_and_no_other_is()
    {
        Assert.Equal(["online-retail", "yoochoose", "multi-category", "retailrocket", "events"],
            DatasetFormat.All.Select(format => format.Name));
        Assert.True(DatasetFormat.TryParse("yoochoose", out var found));
        Assert.Equal("yoochoose", found.Name);
        Assert.False(DatasetFormat.TryParse("YOOCHOOSE", out _));
        Assert.False(DatasetFormat.TryParse(null, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pipe_is_read_like_a_file_compressed_or_not(bool compressed)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(Clicks);
        if (compressed) bytes = Compress(bytes);

        var rows = DatasetFiles.Read("yoochoose", new SlowPipe(bytes));

        Assert.Equal(DatasetFiles.ReadText("yoochoose", Clicks).Select(Id), rows.Select(Id));
    }

    [Fact]
    public void A_replay_goes_on_behind_the_position_that_it_remembers()
    {
        var whole = DatasetFiles.Read("online-retail", File.OpenRead(DatasetFiles.Sample))
            .Select(Id).ToList();

        var rest = DatasetFiles.Read("online-retail", File.OpenRead(DatasetFiles.Sample), 1_000)
            .Select(Id).ToList();

        Assert.Equal(Enumerable.Range(1, whole.Count).Select(i => (long)i),
            whole.Select(row => row.Position));
        Assert.Equal(whole.Skip(1_000), rest);
    }

    [Theory]
    [InlineData("online-retail")]
    [InlineData("yoochoose")]
    [InlineData("multi-category")]
    [InlineData("retailrocket")]
    public void A_file_of_another_format_is_refused_by_its_first_line(string format)
    {
        var e = Assert.Throws<InvalidDataException>(
            () => DatasetFiles.ReadText(format, "a,b\n1,2\n"));

        Assert.Contains("has no column", e.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => DatasetFiles.ReadText(format, ""));
    }

    [Fact]
    public void A_compressed_file_that_is_cut_short_is_no_shorter_dataset()
    {
        var bytes = File.ReadAllBytes(DatasetFiles.Sample)[..100_000];

        Assert.Throws<InvalidDataException>(
            () => DatasetFiles.Read("online-retail", new MemoryStream(bytes)).Count());
    }

    [Fact]
    public void A_line_without_end_is_refused_before_it_fills_the_memory()
    {
        var text = Clicks + "1\t" + new string('9', 1_000_000);

        var e = Assert.Throws<InvalidDataException>(
            () => DatasetFiles.ReadText("yoochoose", text));

        Assert.StartsWith("After line 5", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SessionId\tItemId\tTime\n1\t10\t100\n1\t10\t100\n")]
    [InlineData("a\tb\n")]
    public void The_file_is_closed_when_the_caller_stops_or_the_reader_fails(string text)
    {
        var file = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));

        Record.Exception(() => DatasetFiles.Read("yoochoose", file).First());

        Assert.False(file.CanRead);
    }

    [Fact]
    public void Columns_may_stand_in_another_order_and_empty_lines_are_no_rows()
    {
        var rows = DatasetFiles.ReadText(
            "yoochoose", "\uFEFFTime\tSessionId\tItemId\r\n\r\n5\t1\t9\r\n");

        var row = Assert.Single(rows);
        Assert.Equal(3, row.Line);
        Assert.Equal(new EventId("1/1"), row.Event!.Id);
    }

    private static (long Position, long Line, EventId? Id, string? Problem) Id(DatasetRow row) =>
        (row.Position, row.Line, row.Event?.Id, row.Problem);

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest)) gzip.Write(bytes);
        return output.ToArray();
    }

    /// <summary>Cannot seek, and gives a byte at a time, as a pipe may.</summary>
    private sealed class SlowPipe(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) =>
            base.Read(buffer[..Math.Min(1, buffer.Length)]);

        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(1, count));
    }
}
