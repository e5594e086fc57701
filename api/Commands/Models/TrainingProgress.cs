using Spectre.Console;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>Shows how far a training is, which runs on a thread of its own.</summary>
internal static class TrainingProgress
{
    private const int Whole = 100;

    /// <summary>Gives what the training gives.</summary>
    public static async Task<T> RunAsync<T>(
        IAnsiConsole console, TimeProvider time, string title, Func<IProgress<double>, T> train,
        CancellationToken ct)
    {
        var meter = new ProgressMeter(time, "percent") { Total = Whole };
        var training = new TaskCompletionSource<T>();
        await ProgressDisplay.RunAsync(console, time, title, meter, () => Task.Run(() =>
        {
            training.SetResult(train(new Share(meter)));
            meter.Report(Whole);
        }, ct));
        return await training.Task;
    }

    private sealed class Share(ProgressMeter meter) : IProgress<double>
    {
        public void Report(double value) => meter.Report((long)(Whole * value));
    }
}
