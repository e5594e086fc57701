using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Api.Commands;
using StreamCommerce.Api.Commands.Models;

// One file a verb; without one the service is started.
var root = new RootCommand("StreamCommerce: events in; stock, carts and recommendations out.")
{
    CloudCommand.Create(),
    DemoCommand.Create(AnsiConsole.Console, TimeProvider.System),
    FraudCommand.Create(AnsiConsole.Console, TimeProvider.System),
    LogCommand.Create(),
    ModelsCommand.Create(AnsiConsole.Console, TimeProvider.System),
    RebuildCommand.Create(),
    ReplayCommand.Create(AnsiConsole.Console, TimeProvider.System),
    ServeCommand.Create(),
    SimulateCommand.Create(AnsiConsole.Console, TimeProvider.System),
    WebhooksCommand.Create(TimeProvider.System),
};
ServeCommand.AddTo(root);
return await CommandLine.RunAsync(root, args);
