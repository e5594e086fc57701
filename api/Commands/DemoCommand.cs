using System.CommandLine;
using Spectre.Console;

namespace StreamCommerce.Api.Commands;

/// <summary><c>demo</c>: a live shop with simulated shoppers, to look at.</summary>
internal static class DemoCommand
{
    /// <param name="console">Where to say what it does.</param>
    /// <param name="time">The clock of shop and shoppers.</param>
    public static Command Create(IAnsiConsole console, TimeProvider time)
    {
        var defaults = new DemoOptions();
        var data = new Option<string>("--data")
        {
            Description = "Folder of the demo's data, emptied at each start.",
            DefaultValueFactory = _ => defaults.DataDirectory,
        };
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen, separated by semicolons.",
            DefaultValueFactory = _ => defaults.Urls,
        };
        var rate = new Option<int>("--rate")
        {
            Description = "What shoppers do in a second, about; 1 to 5000.",
            DefaultValueFactory = _ => defaults.Rate,
        };
        var keep = new Option<bool>("--keep")
        {
            Description = "Go on with the data of the last demo.",
        };
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 5_000)
                result.AddError("--rate must be 1 to 5000.");
        });
        var command = new Command("demo", "Runs the service with a simulated shop, to look at.")
        {
            data, urls, rate, keep,
        };
        command.SetAction((parsed, ct) => RunAsync(
            new DemoOptions
            {
                DataDirectory = parsed.GetRequiredValue(data),
                Urls = parsed.GetRequiredValue(urls),
                Rate = parsed.GetValue(rate),
                Keep = parsed.GetValue(keep),
            }, console, time, ct));
        return command;
    }

    private static async Task<int> RunAsync(
        DemoOptions options, IAnsiConsole console, TimeProvider time, CancellationToken ct)
    {
        await using var demo = await Demo.StartAsync(options, time, ct);
        console.WriteLine();
        console.WriteLine($"StreamCommerce's demo is at {demo.Address}");
        console.WriteLine($"{DemoOptions.Products} invented products; simulated shoppers do " +
            $"about {options.Rate} things a second: look, search, fill carts, buy, send back.");
        console.WriteLine("All data are simulated: products, shoppers, orders, prices.");
        console.WriteLine($"The data are in {Path.GetFullPath(options.DataDirectory)}. " +
            "Ctrl-C stops the demo.");
        console.WriteLine();
        await demo.RunAsync(ct);
        console.WriteLine("The demo stops.");
        return CommandLine.Done;
    }
}
