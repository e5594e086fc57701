using System.Buffers;
using System.IO.Hashing;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Simulation;

/// <summary>A small simulated shop to look at.</summary>
internal static class Shop
{
    public static readonly SimulatedCatalogue Catalogue = SimulatedCatalogue.Create(7, 200);

    public static ShopperSimulator With(SimulatorOptions options) => new(Catalogue, options);

    public static ShopperSimulator Seeded(int seed) => With(new SimulatorOptions { Seed = seed });

    /// <summary>The hash of the events' stored bytes, in their order.</summary>
    public static string HashOf(IEnumerable<CommerceEvent> events)
    {
        var hash = new XxHash128();
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var e in events)
        {
            EventCodec.Write(bytes, e);
            hash.Append(bytes.WrittenSpan);
            bytes.ResetWrittenCount();
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>The first actions of a new run.</summary>
    public static IEnumerable<ShopperAction> Actions(ShopperSimulator simulator, int count)
    {
        var run = simulator.Start();
        for (var i = 0; i < count; i++)
        {
            Assert.True(run.TryNext(DateTimeOffset.MaxValue, out var action));
            yield return action;
        }
    }
}
