using StreamCommerce.Engine.Outbox;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Outbox;

/// <summary>The outbox on Cosmos DB: entries lie beside the carts and orders that they tell of.
/// </summary>
/// <remarks>
/// What is removed is what was read, not all below a number: another instance's entry with a lower
/// number may become visible later. One reader at a time, as the port says; two instances that
/// relay both tell an event twice, which its id makes harmless.
/// </remarks>
internal sealed class CosmosOutbox(
    DocumentContainer carts, DocumentContainer orders, Broadcast broadcast) : IOutbox
{
    private readonly TextPool _texts = new();
    private readonly List<Read> _read = [];

    private readonly record struct Read(
        long Number, DocumentContainer Container, string Partition, string Id);

    public async ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(int limit, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var found = new List<(Read Place, CommerceEvent Event)>();
        foreach (var container in new[] { carts, orders })
        {
            foreach (var entry in await container.ListAsync<OutboxDocument>(
                new("SELECT * FROM c WHERE c.type = 'outbox' ORDER BY c.number"), limit, ct))
            {
                found.Add((new(HybridClock.Parse(entry.Number), container,
                    entry.Cart ?? entry.Order!, entry.Id), EventCodec.Read(entry.Event, _texts)));
            }
        }
        var oldest = found.OrderBy(one => one.Place.Number).Take(limit).ToList();
        lock (_read)
        {
            _read.Clear();
            _read.AddRange(oldest.Select(one => one.Place));
        }
        return [.. oldest.Select(one => new OutboxEntry(one.Place.Number, one.Event))];
    }

    public async ValueTask RemoveThroughAsync(long id, CancellationToken ct)
    {
        Read[] done;
        lock (_read) done = [.. _read.Where(one => one.Number <= id)];
        await SideBySide.RunAsync(done, one =>
            one.Container.DeleteAsync(one.Partition, one.Id, null, ct));
        lock (_read) _read.RemoveAll(one => one.Number <= id);
    }

    public Task WaitForEntriesAsync(CancellationToken ct) => broadcast.OutboxSignal.WaitAsync(ct);
}
