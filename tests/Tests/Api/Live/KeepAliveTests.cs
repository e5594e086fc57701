using System.Net.ServerSentEvents;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Api.Live;
using Xunit;

namespace StreamCommerce.Tests.Api.Live;

public sealed class KeepAliveTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_stream_on_which_nothing_happens_is_kept_open()
    {
        var time = new FakeTimeProvider();
        var shop = Channel.CreateBounded<SseItem<string>>(1);
        await using var stream = KeepAlive.WithPingsAsync(
            shop.Reader.ReadAllAsync(TestContext.Current.CancellationToken), time,
            TestContext.Current.CancellationToken).GetAsyncEnumerator(
                TestContext.Current.CancellationToken);

        Assert.Equal("ping", await NextAsync(() => time.Advance(KeepAlive.Interval)));
        Assert.Equal("ping", await NextAsync(() => time.Advance(KeepAlive.Interval)));
        Assert.Equal("change", await NextAsync(
            () => Assert.True(shop.Writer.TryWrite(new SseItem<string>("{}", "change")))));

        async Task<string> NextAsync(Action happens)
        {
            var next = stream.MoveNextAsync();
            happens();
            Assert.True(await next);
            return stream.Current.EventType;
        }
    }
}
