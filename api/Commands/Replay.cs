using Spectre.Console;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// A replay from beginning to end: check the file, send it, wait until the engine has handled
/// it, compare. Repeating it, whole or in part, changes nothing: an event has always the same id.
/// </summary>
internal sealed class Replay(ReplayOptions options, IAnsiConsole console, TimeProvider time)
{
    /// <summary>Runs it; the result is the exit code.</summary>
    /// <exception cref="CommandFailedException">It cannot go on; what was acknowledged stays, and
    /// a resumed replay goes on behind it.</exception>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var from = (options.Resume ? ReplayState.Load(options) : null)
            ?? ReplayState.Begin(options);
        if (options.Resume)
        {
            console.WriteLine(from.Position > 0 ? $"Going on behind row {from.Position:N0}."
                : $"{options.StateFile} is not there: starting at the beginning.");
        }
        var check = await CheckAsync(from.Position, ct);
        TellBadRows(check);
        if (check.BadCount > 0 && !options.SkipBad) return CommandLine.Failed;
        using var service = new ServiceConnection(options.To, options.Patience, time);
        var replay = new ReplayService(service, options, time);
        if (options.Catalogue) console.WriteLine(await replay.ImportCatalogueAsync(ct));
        if (!await SendAsync(check, service, replay, from, ct)) return CommandLine.Failed;
        var stats = await replay.ReadStatsAsync(ct);
        // From here on there is nothing to resume.
        File.Delete(options.StateFile);
        ReplaySummary.Write(console, check.Totals, stats);
        return CommandLine.Done;
    }

    private async Task<DatasetCheck> CheckAsync(long after, CancellationToken ct)
    {
        var meter = new ProgressMeter(time);
        DatasetCheck? check = null;
        await ProgressDisplay.RunAsync(console, time, "Checking", meter, () => Task.Run(
            () =>
            {
                check = DatasetCheck.Of(options, after, meter, ct);
                meter.Total = meter.Done;
            }, ct));
        return check!;
    }

    private void TellBadRows(DatasetCheck check)
    {
        if (check.BadCount == 0) return;
        foreach (var row in check.Bad) console.WriteLine($"Line {row.Line}: {row.Problem}");
        if (check.BadCount > check.Bad.Count)
            console.WriteLine($"… and {check.BadCount - check.Bad.Count:N0} more.");
        console.WriteLine(options.SkipBad
            ? $"{check.BadCount:N0} bad rows are skipped."
            : $"{check.BadCount:N0} bad rows, and nothing was sent. To send the " +
              $"{check.Totals.Events:N0} good events all the same, say --skip-bad.");
    }

    private async Task<bool> SendAsync(
        DatasetCheck check, ServiceConnection service, ReplayService replay, ReplayState from,
        CancellationToken ct)
    {
        var meter = new ProgressMeter(time) { Total = check.EventsToSend };
        var sender = new ReplaySender(
            options, service, await replay.ReadPartitionsAsync(ct), time, meter);
        var isWhole = false;
        var sending = TimeSpan.Zero;
        await ProgressDisplay.RunAsync(console, time, "Replaying", meter, async () =>
        {
            using var sent = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var watching = replay.WatchLagAsync(meter, sent.Token);
            try
            {
                isWhole = await sender.RunAsync(from, ct);
                sending = meter.Elapsed;
            }
            finally
            {
                await sent.CancelAsync();
                await watching;
            }
            if (isWhole) await replay.CatchUpAsync(meter, ct);
        });
        TellRefused(sender);
        if (isWhole) TellRate(meter, sending, service);
        return isWhole;
    }

    private void TellRate(ProgressMeter meter, TimeSpan sending, ServiceConnection service)
    {
        var retries = service.Retries > 0 ? $", {service.Retries:N0} requests repeated" : "";
        console.WriteLine($"{meter.Done:N0} events sent in {sending.TotalSeconds:N1} s " +
            $"({meter.Done / Math.Max(0.001, sending.TotalSeconds):N0}/s){retries}; " +
            $"all handled after {meter.Elapsed.TotalSeconds:N1} s.");
    }

    private void TellRefused(ReplaySender sender)
    {
        if (sender.RefusedCount == 0) return;
        foreach (var (id, problem) in sender.Refused)
            console.WriteLine($"The service refused {id}: {problem}");
        if (sender.RefusedCount > sender.Refused.Count)
            console.WriteLine($"… and {sender.RefusedCount - sender.Refused.Count:N0} more.");
        console.WriteLine(options.SkipBad
            ? $"{sender.RefusedCount:N0} refused events were skipped."
            : "The replay stopped. To go on without refused events, say --resume --skip-bad.");
    }
}
