using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class PartitionStateFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string FilePath => _directory.In("p00.state");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_was_saved_is_loaded_in_order()
    {
        SaveThree();

        using var file = new PartitionStateFile(FilePath);
        var frames = file.Load().ToList();

        Assert.Equal([10, 20, 30], frames.Select(frame => frame.NextOffset));
        Assert.Equal([1, 2, 3], frames.Select(frame => frame.Sections[1].Bytes.Span[0]));
        Assert.Equal("second", frames[2].Sections[1].Name);
        Assert.Equal(7, frames[2].Sections[1].Version);
    }

    [Fact]
    public void A_file_cut_at_any_byte_gives_the_last_whole_frame_and_takes_the_next_one()
    {
        var ends = SaveThree();
        var whole = File.ReadAllBytes(FilePath);
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            using var file = new PartitionStateFile(FilePath);
            var frames = ends.Count(end => end <= length);
            if (frames == 0)
            {
                Assert.Throws<InvalidDataException>(() => file.Load().Count());
                continue;
            }
            Assert.Equal(10 * frames, file.Load().Last().NextOffset);
            Save(file, 99, everything: false);
            file.Dispose();

            using var again = new PartitionStateFile(FilePath);
            Assert.Equal(
                Enumerable.Range(1, frames).Select(i => 10L * i).Append(99),
                again.Load().Select(frame => frame.NextOffset));
        }
    }

    [Fact]
    public void A_flipped_bit_gives_the_frames_before_it_or_none_never_a_wrong_one()
    {
        var ends = SaveThree();
        var whole = File.ReadAllBytes(FilePath);
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(FilePath, damaged);
            using var file = new PartitionStateFile(FilePath);
            var frames = ends.Count(end => end <= at);
            if (frames == 0) Assert.Throws<InvalidDataException>(() => file.Load().Count());
            else Assert.Equal(10 * frames, file.Load().Last().NextOffset);
        }
    }

    [Fact]
    public void All_of_the_state_replaces_what_was_saved_before()
    {
        SaveThree();
        using (var file = new PartitionStateFile(FilePath))
        {
            Assert.Equal(3, file.Load().Count());
            Save(file, 40, everything: true);
            Save(file, 50, everything: false);
        }
        using var again = new PartitionStateFile(FilePath);
        Assert.Equal([40, 50], again.Load().Select(frame => frame.NextOffset));
    }

    [Fact]
    public void A_save_that_never_got_its_name_is_not_seen()
    {
        SaveThree();
        File.WriteAllBytes(FilePath + ".new", [1, 2, 3]);

        using var file = new PartitionStateFile(FilePath);
        Assert.Equal(30, file.Load().Last().NextOffset);
        Save(file, 40, everything: true);
        Assert.False(File.Exists(FilePath + ".new"));
    }

    [Fact]
    public void Frames_that_were_not_all_taken_are_not_added_to()
    {
        SaveThree();
        using var file = new PartitionStateFile(FilePath);

        Assert.Equal(10, file.Load().First().NextOffset);

        Assert.True(file.WantsEverything);
        Save(file, 99, everything: false);
        Assert.Equal(99, Assert.Single(file.Load()).NextOffset);
    }

    /// <summary>Saves three frames and returns where each ends.</summary>
    private long[] SaveThree()
    {
        using var file = new PartitionStateFile(FilePath);
        return [.. Enumerable.Range(1, 3).Select(i =>
        {
            Save(file, 10 * i, everything: i == 1);
            return new FileInfo(FilePath).Length;
        })];
    }

    private static void Save(PartitionStateFile file, int offset, bool everything)
    {
        var output = new StateWriter(new ProductIndex(1), new VisitorIndex(2, _ => { }));
        PartitionStateFile.WriteFrame(
            output, offset, [new Text("first", 1, offset % 7), new Text("second", 7, offset / 10)],
            everything);
        file.Save(output.Written.Span, everything);
    }

    /// <summary>A state that is a text of some length.</summary>
    private sealed record Text(string Name, int Version, int Length) : ICheckpointed
    {
        public void Save(StateWriter output, bool everything) =>
            output.WriteText(new string('x', Length));

        public void Load(StateReader input) => throw new NotSupportedException();
    }
}
