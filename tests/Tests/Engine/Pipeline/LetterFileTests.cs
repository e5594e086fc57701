using System.Text.Json;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class LetterFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string FilePath => _directory.In("p03.ndjson");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_letter_says_where_what_and_why()
    {
        using (var letters = Open()) Write(letters, 17);

        using var letter = JsonDocument.Parse(Assert.Single(File.ReadAllLines(FilePath)));
        Assert.Equal(3, letter.RootElement.GetProperty("partition").GetInt32());
        Assert.Equal(17, letter.RootElement.GetProperty("offset").GetInt64());
        Assert.Equal("sales", letter.RootElement.GetProperty("projection").GetString());
        Assert.Equal(
            "FormatException: no", letter.RootElement.GetProperty("reason").GetString());
        Assert.Contains("specversion", letter.RootElement.GetProperty("event").GetString());
    }

    [Fact]
    public void A_letter_that_comes_again_after_a_restart_is_written_once()
    {
        using (var letters = Open()) Write(letters, 1, 2, 2);
        using (var letters = Open())
        {
            Write(letters, 2, 3);
            Assert.Equal(3, letters.Count);
        }
        Assert.Equal(3, File.ReadAllLines(FilePath).Length);
    }

    [Fact]
    public void A_letter_that_a_crash_cut_at_any_byte_is_written_again_beside_the_whole_ones()
    {
        using (var letters = Open()) Write(letters, 1, 2);
        var whole = File.ReadAllBytes(FilePath);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            using (var letters = Open()) Write(letters, 1, 2);
            Assert.Equal(whole, File.ReadAllBytes(FilePath));
        }
    }

    [Fact]
    public void The_letters_of_a_visitor_are_removed_and_not_written_again()
    {
        using (var letters = Open())
        {
            Write(letters, 1, 2);
            var visitor = RandomShop.Log(new RandomShop(1).Events(1)).Single().Event.Visitor;
            Assert.Equal(2, letters.CountOf(visitor));
            Assert.Equal(0, letters.Forget(new("nobody")));

            Assert.Equal(2, letters.Forget(visitor));

            Assert.Equal(0, letters.CountOf(visitor));
            Write(letters, 1, 2);
            Assert.Equal(2, letters.Count);
        }
        Assert.Empty(File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Beyond_the_limit_letters_are_only_counted()
    {
        using var letters = new LetterFile(FilePath, 3, limit: 2);
        Write(letters, 1, 2, 3, 4);

        Assert.Equal(4, letters.Count);
        Assert.Equal(2, File.ReadAllLines(FilePath).Length);
    }

    [Fact]
    public void Beyond_the_limit_of_bytes_letters_are_only_counted()
    {
        using (var letters = Open()) Write(letters, 1, 2);
        var two = new FileInfo(FilePath).Length;
        File.Delete(FilePath);

        using (var letters = new LetterFile(FilePath, 3, limit: 100, byteLimit: two + 10))
        {
            Write(letters, 1, 2, 3, 4);
            Assert.Equal(4, letters.Count);
        }
        Assert.Equal(two, new FileInfo(FilePath).Length);
    }

    [Fact]
    public void An_event_that_has_no_text_is_a_letter_with_its_id()
    {
        using var half = JsonDocument.Parse("\"\\ud800\"");
        var e = new RandomShop(1).Events(1)[0] with
        {
            UnknownData = new Dictionary<string, JsonElement> { ["note"] = half.RootElement },
        };
        using (var letters = Open())
            letters.Write(new LoggedEvent(5, RandomShop.Start, e), "sales", "no \udc00");

        using var letter = JsonDocument.Parse(Assert.Single(File.ReadAllLines(FilePath)));
        Assert.Equal("e0", letter.RootElement.GetProperty("id").GetString());
        Assert.StartsWith("no ", letter.RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public void Lines_that_are_not_letters_stay_and_whole_ones_around_them_are_known()
    {
        using (var letters = Open()) Write(letters, 1);
        var strange = new string('x', 17 * 1024 * 1024) + "\n{}\n";
        File.AppendAllText(FilePath, strange);
        using (var letters = Open()) Write(letters, 1, 2);
        var length = new FileInfo(FilePath).Length;

        using (var letters = Open())
        {
            Write(letters, 1, 2);
            Assert.Equal(2, letters.Count);
        }
        Assert.Equal(length, new FileInfo(FilePath).Length);
        Assert.Equal(4, File.ReadLines(FilePath).Count());
    }

    private LetterFile Open() => new(FilePath, 3, limit: 100);

    private static void Write(LetterFile letters, params long[] offsets)
    {
        var e = new RandomShop(1).Events(1)[0];
        foreach (var offset in offsets)
        {
            letters.Write(
                new LoggedEvent(offset, RandomShop.Start, e), "sales", "FormatException: no");
        }
    }
}
