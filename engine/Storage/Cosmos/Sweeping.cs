using System.Text.Json;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// Works off what housekeeping finds. One document that cannot be worked on must not hold up all
/// behind it, nor end the service: it is counted and left for the next round.
/// </summary>
internal static class Sweeping
{
    // An account that is down fails for each; that need not be found out for all.
    private const int FaultLimit = 3;

    /// <exception cref="StoreUnavailableException">The account has failed several times.
    /// </exception>
    public static async ValueTask ForEachAsync<T>(
        IEnumerable<T> found, Func<T, ValueTask> work)
    {
        var faults = 0;
        foreach (var one in found)
        {
            try
            {
                await work(one);
            }
            catch (Exception fault) when (fault is StoreUnavailableException
                or InvalidOperationException or JsonException)
            {
                CosmosInstruments.Left();
                if (fault is StoreUnavailableException && ++faults == FaultLimit) throw;
            }
        }
    }
}
