using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace StreamCommerce.Api.Live;

/// <summary>
/// Says something on a stream where nothing happens, so that proxies keep it open and a client
/// that has gone is noticed.
/// </summary>
internal static class KeepAlive
{
    /// <summary>The longest silence: proxies close after 30 s or 60 s by default.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>The items, and an event of type ping after each silent interval.</summary>
    public static async IAsyncEnumerable<SseItem<string>> WithPingsAsync(
        IAsyncEnumerable<SseItem<string>> items,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var all = items.GetAsyncEnumerator(end.Token);
        var next = all.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                using (var heard = new CancellationTokenSource())
                {
                    var silence = Task.Delay(Interval, time, heard.Token);
                    await Task.WhenAny(next, silence);
                    await heard.CancelAsync();
                }
                if (!next.IsCompleted)
                {
                    yield return new SseItem<string>("{}", "ping");
                    continue;
                }
                if (!await next) yield break;
                yield return all.Current;
                next = all.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator must not be disposed of while it moves.
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await all.DisposeAsync();
        }
    }
}
