using System.Globalization;
using System.Text;
using StreamCommerce.Tests.Simulation.Account;
using Xunit;

namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// The shop on one thread in virtual time, thousands of seeds of trouble. Any number of seeds:
/// STREAMCOMMERCE_SIMULATION_SEEDS=20000; to see one again with its trace:
/// STREAMCOMMERCE_SIMULATION_SEED=4711 STREAMCOMMERCE_SIMULATION_SEEDS=1. The same on Cosmos DB's
/// adapters, with STREAMCOMMERCE_SIMULATION_ACCOUNT_SEEDS.
/// </summary>
public sealed class SimulationTests
{
    private const int DefaultSeeds = 2_000;

    // A seed on an account is some hundred requests through the SDK: seconds are worth tens.
    private const int DefaultAccountSeeds = 60;

    // The end of a trace is what tells; all of it is for whoever replays the seed.
    private const int LinesShown = 400;

    [Fact(Timeout = 1_200_000)]
    public async Task However_the_world_fails_the_shops_books_agree()
    {
        var ct = TestContext.Current.CancellationToken;
        var (first, count) = (Number("SEED", 1), Number("SEEDS", DefaultSeeds));
        await Task.Run(() =>
        {
            for (var seed = first; seed < first + count; seed++)
            {
                ct.ThrowIfCancellationRequested();
                if (Simulation.Run(seed).Fault is not null)
                    Assert.Fail(Tell(seed, (one, isTraced) => Simulation.Run(one, isTraced)));
            }
        }, ct);
    }

    [Fact(Timeout = 1_200_000)]
    public async Task However_the_world_and_the_account_fail_the_shops_books_agree()
    {
        var ct = TestContext.Current.CancellationToken;
        var (first, count) = (Number("SEED", 1), Number("ACCOUNT_SEEDS", DefaultAccountSeeds));
        await Task.Run(() =>
        {
            for (var seed = first; seed < first + count; seed++)
            {
                ct.ThrowIfCancellationRequested();
                if (RunOnAccount(seed).Fault is not null) Assert.Fail(Tell(seed, RunOnAccount));
            }
        }, ct);
    }

    [Fact]
    public void The_same_seed_goes_the_same_way_again_on_an_account()
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var (one, other) = (
                RunOnAccount(seed, isTraced: true), RunOnAccount(seed, isTraced: true));
            Assert.Equal(one.Trace, other.Trace);
            Assert.Equal((one.TraceHash, one.Steps), (other.TraceHash, other.Steps));
        }
    }

    [Fact]
    public void The_same_seed_goes_the_same_way_again()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var (one, other) = (Simulation.Run(seed), Simulation.Run(seed, isTraced: true));
            Assert.Equal((one.TraceHash, one.Steps), (other.TraceHash, other.Steps));
        }
    }

    private static SimulationResult RunOnAccount(int seed, bool isTraced = false) =>
        Simulation.Run(seed, isTraced, world => new AccountStore(world));

    private static string Tell(int seed, Func<int, bool, SimulationResult> run)
    {
        var again = run(seed, true);
        var told = new StringBuilder().AppendLine(CultureInfo.InvariantCulture,
            $"Seed {seed} fails after {again.Steps} steps: {again.Fault}");
        foreach (var line in again.Trace.TakeLast(LinesShown)) told.AppendLine(line);
        return told.ToString();
    }

    private static int Number(string name, int otherwise) => int.TryParse(
        Environment.GetEnvironmentVariable("STREAMCOMMERCE_SIMULATION_" + name),
        CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
