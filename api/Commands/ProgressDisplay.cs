using Spectre.Console;
using Spectre.Console.Rendering;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// Shows a <see cref="ProgressMeter"/> while some work runs: a bar on a terminal, a line now and
/// then where the output goes into a file.
/// </summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Runs the work; what it throws, this throws.</summary>
    public static Task RunAsync(
        IAnsiConsole console, TimeProvider time, string title, ProgressMeter meter,
        Func<Task> work) =>
        console.Profile.Out.IsTerminal
            ? ShowBarAsync(console, time, title, meter, work)
            : ShowLinesAsync(console, time, title, meter, work);

    private static Task ShowBarAsync(
        IAnsiConsole console, TimeProvider time, string title, ProgressMeter meter,
        Func<Task> work) =>
        console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new MeterColumn(meter))
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(title));
                await WatchAsync(time, BarInterval, work, () =>
                {
                    bar.IsIndeterminate = meter.Total is null;
                    bar.MaxValue = Math.Max(1, meter.Total ?? 1);
                    bar.Value = meter.Done;
                });
                bar.IsIndeterminate = false;
                bar.Value = bar.MaxValue;
            });

    private static async Task ShowLinesAsync(
        IAnsiConsole console, TimeProvider time, string title, ProgressMeter meter,
        Func<Task> work)
    {
        await WatchAsync(time, LineInterval, work, Show);
        Show();

        void Show() => console.WriteLine($"{title}: {meter}");
    }

    private static async Task WatchAsync(
        TimeProvider time, TimeSpan interval, Func<Task> work, Action show)
    {
        using var timer = new PeriodicTimer(interval, time);
        var working = work();
        while (true)
        {
            var tick = timer.WaitForNextTickAsync().AsTask();
            if (await Task.WhenAny(working, tick) == working) break;
            show();
        }
        await working;
    }

    private sealed class MeterColumn(ProgressMeter meter) : ProgressColumn
    {
        public override IRenderable Render(
            RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(meter.ToString());
    }
}
