using StreamCommerce.Engine.Recommendations;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class ModelSlotTests
{
    [Fact]
    public void An_empty_slot_gives_an_empty_lease()
    {
        using var slot = new ModelSlot<Held>();

        using var lease = slot.Acquire();

        Assert.Null(lease.Value);
    }

    [Fact]
    public void What_is_replaced_lives_until_its_last_reader_has_left()
    {
        using var slot = new ModelSlot<Held>();
        var (old, young) = (new Held(), new Held());
        slot.Replace(old);
        var one = slot.Acquire();
        var other = slot.Acquire();

        slot.Replace(young);

        Assert.Same(old, one.Value);
        one.Dispose();
        one.Dispose();
        Assert.False(old.IsDisposed);
        other.Dispose();
        Assert.True(old.IsDisposed);
        using var next = slot.Acquire();
        Assert.Same(young, next.Value);
    }

    [Fact]
    public async Task Readers_never_see_what_is_disposed_of_while_it_is_replaced_again_and_again()
    {
        const int Rounds = 20_000;
        var ct = TestContext.Current.CancellationToken;
        using var slot = new ModelSlot<Held>();
        var all = new List<Held>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);

        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var seen = 0L;
            while (!stop.IsCancellationRequested)
            {
                using var lease = slot.Acquire();
                if (lease.Value is not { } held) continue;
                Assert.False(held.IsDisposed);
                seen++;
            }
            return seen;
        }, ct)).ToArray();
        for (var i = 0; i < Rounds; i++)
        {
            all.Add(new Held());
            slot.Replace(all[^1]);
        }
        await stop.CancelAsync();
        await Task.WhenAll(readers);

        Assert.All(all.SkipLast(1), held => Assert.True(held.IsDisposed));
        Assert.False(all[^1].IsDisposed);
    }

    private sealed class Held : IDisposable
    {
        private volatile bool _isDisposed;

        public bool IsDisposed => _isDisposed;

        public void Dispose()
        {
            Assert.False(_isDisposed);
            _isDisposed = true;
        }
    }
}
