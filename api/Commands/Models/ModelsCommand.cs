using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// <c>models</c>: trains, measures and compares models, and says which one answers. Everything also
/// works beside a running service, which follows what is promoted.
/// </summary>
internal static class ModelsCommand
{
    public static Command Create(IAnsiConsole console, TimeProvider time)
    {
        var families = new TrainerFamilies(AdapterFamilies());
        return new Command("models", "Trains, compares, publishes and promotes models.")
        {
            TrainCommand.Create(families, console, time),
            EvaluateCommand.Create(console, time),
            CompareCommand.Create(families, console, time),
            TuneCommand.Create(families, console, time),
            PublishCommand.Create(console, time),
            ListCommand.Create(console, time),
            PromoteCommand.Create(console, time),
            RollbackCommand.Create(console, time),
        };
    }

    // With -p:CloudAdapters=true the host is built with the trainers whose packages a mirror may
    // lack.
    private static IReadOnlyList<RankerFamily> AdapterFamilies() =>
#if CLOUD_ADAPTERS
        StreamCommerce.Models.MLNet.MLNetFamilies.All;
#else
        [];
#endif
}
