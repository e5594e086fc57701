using FsCheck;
using FsCheck.Xunit;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Log;

/// <summary>What opening and reading make of files that are not as they were written.</summary>
public sealed class RecoveryTests
{
    private const string Directory = "/p00";
    private const uint Seed = 99;

    private readonly SimulatedDisk _disk = new(new Random(1));
    private readonly EmbeddedLogOptions _options = new() { SegmentBytes = 1 << 20 };

    [Property(MaxTest = 300)]
    public void Wherever_a_file_is_cut_the_acknowledged_part_survives_or_the_loss_is_told(
        NonNegativeInt cut, bool markIsLost)
    {
        var ends = Fill(groups: 8);
        var path = Path.Combine(Directory, SegmentHeader.FileName(0));
        var length = _disk.BytesOf(path).Length;
        var kept = cut.Get % (length + 1);
        _disk.Tamper(path, bytes => bytes[..kept]);
        if (markIsLost) _disk.Tamper(Path.Combine(Directory, "mark"), _ => []);

        if (kept < length && !markIsLost)
        {
            Assert.Throws<LogCorruptException>(Open);
            return;
        }
        // Without the mark, as after a power cut, the records in front of the cut are there.
        using var store = Open();
        Assert.Equal(ends.Count(end => end <= kept), store.Segments.Status.NextOffset);
    }

    [Property(MaxTest = 500)]
    public void No_flipped_bit_is_passed_over_in_silence(NonNegativeInt place, byte bit)
    {
        Fill(groups: 8);
        var path = Path.Combine(Directory, SegmentHeader.FileName(0));
        _disk.Tamper(path, bytes => Flip(bytes, place.Get % bytes.Length, bit % 8));

        var told = Assert.Throws<LogCorruptException>(Open);

        Assert.Contains(path, told.Message, StringComparison.Ordinal);
        Assert.Contains("byte ", told.Message, StringComparison.Ordinal);
        Assert.Contains("offset ", told.Message, StringComparison.Ordinal);
    }

    [Property(MaxTest = 300)]
    public void Without_the_mark_damage_in_front_of_a_later_group_is_still_told(
        NonNegativeInt place, byte bit)
    {
        var ends = Fill(groups: 8);
        var path = Path.Combine(Directory, SegmentHeader.FileName(0));
        var lastGroup = ends[^4];
        _disk.Tamper(path, bytes => Flip(bytes, place.Get % lastGroup, bit % 8));
        _disk.Tamper(Path.Combine(Directory, "mark"), _ => []);

        Assert.Throws<LogCorruptException>(Open);
    }

    [Property(MaxTest = 200)]
    public void An_unacknowledged_tail_is_cut_and_counted(byte[] tail)
    {
        Fill(groups: 3);
        var path = Path.Combine(Directory, SegmentHeader.FileName(0));
        var whole = _disk.BytesOf(path);
        _disk.Tamper(path, bytes => [.. bytes, .. tail]);

        using var store = Open();

        Assert.Equal(tail.Length, store.TornBytes);
        Assert.Equal(9, store.Segments.Status.NextOffset);
        Assert.Equal(whole, _disk.BytesOf(path));
    }

    [Fact]
    public async Task Damage_in_an_old_segment_is_told_with_its_place_after_all_before_it_is_read()
    {
        _options.SegmentBytes = 1_000;
        Fill(groups: 20);
        var segments = SegmentHeader.FirstOffsets(_disk.List(Directory));
        var path = Path.Combine(Directory, SegmentHeader.FileName(segments[1]));
        _disk.Tamper(path, bytes => Flip(bytes, bytes.Length - 1, 0));
        using var store = Open();

        var read = new List<LoggedEvent>();
        var told = await Assert.ThrowsAsync<LogCorruptException>(async () =>
        {
            await foreach (var batch in new PartitionReader(store, 0, 0, 100).RunAsync(default))
                read.AddRange(batch.Span);
        });

        Assert.Equal(segments[2] - 1, read.Count);
        Assert.Contains(path, told.Message, StringComparison.Ordinal);
        Assert.Contains($"offset {segments[2] - 1}:", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_active_segment_is_told()
    {
        _options.SegmentBytes = 1_000;
        Fill(groups: 20);
        var last = SegmentHeader.FirstOffsets(_disk.List(Directory))[^1];
        _disk.Delete(Path.Combine(Directory, SegmentHeader.FileName(last)));

        Assert.Throws<LogCorruptException>(Open);
    }

    [Fact]
    public void A_segment_of_another_log_is_told()
    {
        Fill(groups: 2);

        Assert.Throws<LogCorruptException>(() =>
            new PartitionStore(_disk, Directory, 0, Seed + 1, _options, TimeProvider.System));
    }

    [Fact]
    public void A_full_disk_is_told_to_the_caller_and_forgotten_when_there_is_room()
    {
        Fill(groups: 2);
        using var store = Open();
        _disk.WriteFaultChance = 1;
        var told = Assert.Throws<LogAppendException>(() => Commit(store, 6, 3));
        Assert.Contains("No space left on device", told.Message, StringComparison.Ordinal);
        Assert.Equal(6, store.Segments.Status.NextOffset);

        _disk.WriteFaultChance = 0;
        Commit(store, 6, 3);

        Assert.Equal(9, store.Segments.Status.NextOffset);
        using var again = Open();
        Assert.Equal(9, again.Segments.Status.NextOffset);
        Assert.Equal(0, again.TornBytes);
    }

    [Fact]
    public void After_a_failed_flush_nothing_is_taken_until_the_log_is_opened_again()
    {
        Fill(groups: 2);
        var store = Open();
        _disk.FlushFaultChance = 1;
        Assert.Throws<LogAppendException>(() => Commit(store, 6, 3));
        _disk.FlushFaultChance = 0;

        var told = Assert.Throws<LogAppendException>(() => Commit(store, 6, 3));

        Assert.Contains("until the log is opened again", told.Message, StringComparison.Ordinal);
        Assert.Equal(6, store.Segments.Status.NextOffset);
        store.Dispose();
        using var again = Open();
        Commit(again, 6, 3);
        Assert.Equal(9, again.Segments.Status.NextOffset);
    }

    // Groups of three events each; where each record ends in the one segment.
    private List<int> Fill(int groups)
    {
        _disk.List(Directory).ToList().ForEach(name => _disk.Delete(Path.Combine(Directory, name)));
        using var store = Open();
        var ends = new List<int>();
        for (var i = 0; i < groups; i++)
        {
            var at = (int)store.Segments.Find(i * 3).Bytes;
            foreach (var length in Commit(store, i * 3, 3)) ends.Add(at += length);
        }
        return ends;
    }

    private static List<int> Commit(PartitionStore store, int from, int count)
    {
        var chunk = new AppendChunk(new AppendBatch());
        var lengths = new List<int>();
        foreach (var e in LogSamples.Views("ann", count, from))
        {
            var before = chunk.Written.Length;
            chunk.Add(e);
            lengths.Add(chunk.Written.Length - before);
        }
        store.Commit([chunk]);
        return lengths;
    }

    private static byte[] Flip(byte[] bytes, int place, int bit)
    {
        byte[] changed = [.. bytes];
        changed[place] ^= (byte)(1 << bit);
        return changed;
    }

    private PartitionStore Open() =>
        new(_disk, Directory, 0, Seed, _options, TimeProvider.System);
}
