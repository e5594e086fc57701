namespace StreamCommerce.Engine.Payments;

/// <summary>
/// Takes stored webhooks to the orders, the earliest due first. A webhook may be handled again
/// after a crash or a replay; its handler makes its effect once. One relay a store; it owns the
/// faults of store and handler, waits and tries again.
/// </summary>
public sealed class WebhookRelay(
    PaymentDesk payments, IWebhookStore store, HandlePaymentNotice handle, TimeProvider time)
    : IDisposable
{
    /// <summary>Tries of one webhook, some 18 hours with the pauses in between; then it is given
    /// up until a replay.</summary>
    public const int TryLimit = 24;

    /// <summary>The pause after the first try, doubled after each further one.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two tries.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>How long the event ids of handled webhooks are kept: longer than any gateway
    /// sends one again (Stripe: three days).</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    /// <summary>The longest wait for a signal: a lost one, or a retry, is late by no more.
    /// </summary>
    public static readonly TimeSpan SignalTimeout = TimeSpan.FromSeconds(1);

    // One write to the store; few enough that a crash repeats little.
    private const int BatchLimit = 100;

    private readonly SemaphoreSlim _signal = new(1, 1);
    private DateTimeOffset _forgotAt;
    private volatile Exception? _fault;

    /// <summary>Why the last round, or a handler in it, failed; null where none did.</summary>
    public Exception? Fault => _fault;

    /// <summary>Says that something may be due. Any thread.</summary>
    public void Wake()
    {
        if (_signal.CurrentCount > 0) return;
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another thread was faster; set is set.
        }
    }

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (!ct.IsCancellationRequested)
            {
                try
                {
                    while (await RunOnceAsync(ct) == BatchLimit) { }
                }
                catch (IOException fault)
                {
                    // The store's: the next round tries again.
                    _fault = fault;
                }
                await _signal.WaitAsync(SignalTimeout, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    /// <summary>Handles what is due, up to a batch; says how many.</summary>
    public async ValueTask<int> RunOnceAsync(CancellationToken ct)
    {
        await ForgetAsync(ct);
        var due = await store.ListDueAsync(BatchLimit, ct);
        _fault = null;
        if (due.Count == 0) return 0;
        var after = new List<StoredWebhook>(due.Count);
        foreach (var webhook in due) after.Add(await HandleAsync(webhook, ct));
        await store.UpdateAsync(after, ct);
        return due.Count;
    }

    /// <summary>
    /// Has stored webhooks handled again, from a number on: what waits or was given up, and what
    /// was handled, too, where asked. Says how many.
    /// </summary>
    public async ValueTask<int> ReplayAsync(long from, bool handledToo, CancellationToken ct)
    {
        var count = await store.ReplayAsync(from, handledToo, ct);
        Wake();
        return count;
    }

    public void Dispose() => _signal.Dispose();

    private async ValueTask<StoredWebhook> HandleAsync(StoredWebhook webhook, CancellationToken ct)
    {
        try
        {
            // Of a gateway that is no longer configured: it may be again.
            if (!payments.Find(webhook.Gateway, out var gateway, out _)) return Later(webhook);
            var notice = gateway.ReadNotice(webhook.Body);
            return notice is null || await handle(notice, ct)
                ? webhook with { State = WebhookState.Handled, Tries = webhook.Tries + 1 }
                : Later(webhook);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (FormatException fault)
        {
            // Nobody will be able to read it, except a newer program, after a replay.
            _fault = fault;
            return webhook with { State = WebhookState.GivenUp, Tries = webhook.Tries + 1 };
        }
        catch (Exception fault)
        {
            // One webhook must not hold up those behind it, whatever its handler does.
            _fault = fault;
            return Later(webhook);
        }
    }

    private StoredWebhook Later(StoredWebhook webhook)
    {
        var tries = webhook.Tries + 1;
        var pause = FirstPause * Math.Pow(2, Math.Min(webhook.Tries, 20));
        return webhook with
        {
            State = tries >= TryLimit ? WebhookState.GivenUp : WebhookState.Waiting,
            Tries = tries,
            DueAt = time.GetUtcNow() + (pause < LongestPause ? pause : LongestPause),
        };
    }

    private async ValueTask ForgetAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (now - _forgotAt < LongestPause) return;
        _forgotAt = now;
        while (await store.ForgetAsync(now - Retention, BatchLimit, ct) == BatchLimit) { }
    }
}

/// <summary>Waiting by an injected clock, which the framework's semaphore does not know.</summary>
internal static class SignalWaiting
{
    /// <summary>Until the semaphore is set, or the time is over.</summary>
    public static async Task WaitAsync(
        this SemaphoreSlim signal, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await signal.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
    }
}
