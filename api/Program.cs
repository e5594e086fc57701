using System.CommandLine;
using StreamCommerce.Api.Commands;

// One file a verb; without one the service is started.
var root = new RootCommand("StreamCommerce: events in; stock, carts and recommendations out.")
{
    LogCommand.Create(),
    RebuildCommand.Create(),
    ServeCommand.Create(),
};
ServeCommand.AddTo(root);
return await CommandLine.RunAsync(root, args);
