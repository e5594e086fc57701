namespace StreamCommerce.Benchmarks.Baselines;

/// <summary>The work that every system of a benchmark does.</summary>
internal enum Workload
{
    /// <summary>An order of two products of the catalogue.</summary>
    SpreadOrders,

    /// <summary>An order of two products, the same two in every order.</summary>
    HotOrders,

    /// <summary>A reservation of one unit of one product.</summary>
    HotReservations,
}

/// <summary>What a system that others use instead did in a run.</summary>
/// <param name="System">Its name and how many clients drove it.</param>
/// <param name="Rate">Orders or reservations a second; null where it could not run.</param>
/// <param name="Skipped">Why it could not.</param>
internal sealed record BaselineRate(string System, double? Rate, string? Skipped = null);

/// <summary>All systems to compare with, one after another.</summary>
internal static class BaselineSystems
{
    /// <summary>Products of the catalogue that orders are spread over.</summary>
    public const int Products = 1_000;

    private static readonly int[] Clients = [16, 64];

    public static async Task<IReadOnlyList<BaselineRate>> MeasureAsync(
        string folder, Workload workload, TimeSpan measured)
    {
        var rates = new List<BaselineRate>();
        rates.AddRange(await TryAsync("PostgreSQL",
            () => PostgresBaseline.MeasureAsync(
                Path.Combine(folder, "postgres"), workload, Clients, measured)));
        rates.AddRange(await TryAsync("Redis",
            () => RedisBaseline.MeasureAsync(
                Path.Combine(folder, "redis"), workload, Clients, measured)));
        return rates;
    }

    private static async Task<IReadOnlyList<BaselineRate>> TryAsync(
        string system, Func<Task<IReadOnlyList<BaselineRate>>> measure)
    {
        try
        {
            return await measure();
        }
        catch (MissingToolException missing)
        {
            return [.. Clients.Select(clients => new BaselineRate(
                Name(system, clients), null, missing.Message))];
        }
    }

    public static string Name(string system, int clients) => $"{system}, {clients} clients";
}
