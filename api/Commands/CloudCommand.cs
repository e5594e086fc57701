using System.CommandLine;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Storage.Cosmos;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// <c>cloud init</c> makes what the shop needs in the account, <c>cloud check</c> says what is
/// wrong with it. Both may be repeated.
/// </summary>
internal static class CloudCommand
{
    public static Command Create() => new(
        "cloud", "The shop's database in Azure Cosmos DB.") { CreateInit(), CreateCheck() };

    private static Command CreateInit()
    {
        var options = new ServiceOptions();
        var throughput = new Option<int>("--autoscale")
        {
            Description = "Request units a second that the database may use at most, in " +
                "thousands; 0 for a serverless account.",
            HelpName = "RU/S",
            DefaultValueFactory = _ => 4_000,
        };
        throughput.Validators.Add(result =>
        {
            var most = result.GetValueOrDefault<int>();
            if (most != 0 && (most < CosmosDatabase.AutoscaleMinimum || most % 1_000 != 0))
                result.AddError($"'{most}' must be 0, or a number of thousands.");
        });
        var init = new Command("init", "Makes the database and containers that are missing.")
        {
            throughput,
        };
        options.AddTo(init, serves: false);
        init.SetAction((parsed, ct) => InitAsync(
            options.Read(parsed), parsed.GetRequiredValue(throughput), ct));
        return init;
    }

    private static Command CreateCheck()
    {
        var options = new ServiceOptions();
        var check = new Command("check", "Says what is wrong, and how to mend it.");
        options.AddTo(check, serves: false);
        check.SetAction((parsed, ct) => CheckAsync(options.Read(parsed), ct));
        return check;
    }

    private static async Task<int> InitAsync(
        ServiceSettings settings, int throughput, CancellationToken ct)
    {
        var cosmos = ReadCosmos(settings);
        using var client = CosmosAccount.OpenForSetup(cosmos);
        var made = await CosmosDatabase.CreateAsync(
            client, cosmos, throughput == 0 ? null : throughput, ct);
        await Console.Out.WriteLineAsync(made.Count == 0
            ? "All is there already." : $"Made {string.Join(", ", made)}.");
        return CommandLine.Done;
    }

    private static async Task<int> CheckAsync(ServiceSettings settings, CancellationToken ct)
    {
        var cosmos = ReadCosmos(settings);
        using var client = CosmosAccount.Open(cosmos);
        var wrong = await CosmosDatabase.CheckAsync(client, cosmos, ct);
        foreach (var line in wrong) await Console.Error.WriteLineAsync(line);
        if (wrong.Count > 0) return CommandLine.Failed;
        await Console.Out.WriteLineAsync(
            $"Database {cosmos.Database} is as it should be, and may be written.");
        return CommandLine.Done;
    }

    private static CosmosOptions ReadCosmos(ServiceSettings settings) =>
        ServiceSettings.ReadCosmos(ServiceHost.NewBuilder(settings).Configuration);
}
