using FsCheck.Xunit;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class FingerprintIndexTests
{
    [Fact]
    public void Fingerprints_keep_their_numbers_while_it_grows()
    {
        var index = new FingerprintIndex();
        for (var i = 0; i < 10_000; i++)
            Assert.Equal(i, index.Add(StableHash.Fingerprint($"p{i}")));

        for (var i = 0; i < 10_000; i++)
            Assert.Equal(i, index.Find(StableHash.Fingerprint($"p{i}")));
        Assert.Equal(-1, index.Find(StableHash.Fingerprint("p10000")));
        Assert.Equal(10_000, index.Count);
    }

    [Property]
    public void Fingerprints_that_fall_on_one_place_or_share_a_half_are_told_apart(
        byte high, byte low)
    {
        UInt128[] alike =
        [
            new(high, low), new(high, low + 1024ul), new(high + 1ul, low), new(high, low + 1ul),
            UInt128.MaxValue,
        ];
        var index = new FingerprintIndex();
        foreach (var fingerprint in alike) index.Add(fingerprint);

        Assert.Equal([0, 1, 2, 3, 4], alike.Select(index.Find));
        Assert.Equal(-1, index.Find(new(high + 2ul, low)));
    }

    [Fact]
    public void An_empty_one_finds_nothing_not_even_zero() =>
        Assert.Equal(-1, new FingerprintIndex().Find(UInt128.Zero));
}
