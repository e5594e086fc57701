using System.Text.Json;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class DeadLetterFileTests : IDisposable
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
    public void Beyond_the_limit_letters_are_only_counted()
    {
        using var letters = new DeadLetterFile(FilePath, 3, limit: 2);
        Write(letters, 1, 2, 3, 4);

        Assert.Equal(4, letters.Count);
        Assert.Equal(2, File.ReadAllLines(FilePath).Length);
    }

    private DeadLetterFile Open() => new(FilePath, 3, limit: 100);

    private static void Write(DeadLetterFile letters, params long[] offsets)
    {
        var e = new RandomShop(1).Events(1)[0];
        foreach (var offset in offsets)
        {
            letters.Write(
                new LoggedEvent(offset, RandomShop.Start, e), "sales", new FormatException("no"));
        }
    }
}
