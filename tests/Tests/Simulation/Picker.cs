using StreamCommerce.Engine;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;
using static StreamCommerce.Tests.Simulation.Books;

namespace StreamCommerce.Tests.Simulation;

/// <summary>Reserves stock directly, without an order, and commits it, gives it back, or lets it
/// lapse.</summary>
internal sealed class Picker(SimulatedShop shop, int number)
{
    private readonly Line _line = new(shop);
    private readonly ReservationId _id = new($"picker-{number}");
    private ReservationState? _told;

    private Chance Chance => shop.Chance;

    public async Task RunAsync()
    {
        await _line.PauseAsync(Chance.UpTo(Chance.Rush));
        var request = new StockRequest(
            _id, [new(Chance.Of<Sku>(Wares.Skus), 1 + Chance.Below(4))],
            StockRegion.Home, TimeSpan.FromSeconds(1 + Chance.Below(120)));
        if (await AskAsync(process =>
            process.Stores.Stock.ReserveAsync(request, CancellationToken.None)) is null) return;
        await _line.PauseAsync(Chance.UpToSeconds(130));
        var doing = new List<Task>();
        for (var i = Chance.Below(3); i >= 0; i--)
        {
            doing.Add(CloseAsync(Chance.Below(5), request.Lines[0]));
            await _line.PauseAsync(Chance.UpToSeconds(2));
        }
        await Task.WhenAll(doing);
    }

    /// <summary>At the end: what was acknowledged is so.</summary>
    public void CheckAgainst(Reservation? found)
    {
        if (_told is not { } told) return;
        Require(found is not null, $"the acknowledged reservation {_id} is gone");
        Require(found!.State != ReservationState.Held, $"reservation {_id} is still held");
        Require(told == ReservationState.Held || found.State == told,
            $"reservation {_id} was told as {told} and is {found.State}");
    }

    private Task<Reservation?> CloseAsync(int how, StockLine line) => AskAsync(process => how switch
    {
        0 or 1 => process.Stores.Stock.CommitAsync(_id, CancellationToken.None),
        2 => process.Stores.Stock.CommitPartAsync(
            _id, [line with { Quantity = 1 }], CancellationToken.None),
        3 => process.Stores.Stock.ExtendAsync(_id, CancellationToken.None),
        _ => process.Stores.Stock.ReleaseAsync(_id, CancellationToken.None),
    });

    private async Task<Reservation?> AskAsync(
        Func<ShopProcess, ValueTask<Answer<Reservation>>> what)
    {
        for (var i = 0; i < 20; i++)
        {
            var reply = await _line.AskAsync(what);
            if (reply.HasCome)
            {
                if (reply.Value.Value is { } answer) Remember(answer.State);
                return reply.Value.Value;
            }
            await _line.PauseAsync(Chance.UpToSeconds(20));
        }
        return null;
    }

    private void Remember(ReservationState state)
    {
        Require(_told is not (ReservationState.Committed or ReservationState.Released
            or ReservationState.Expired) || state == _told || state == ReservationState.Held,
            $"reservation {_id} was told as {_told}, then as {state}");
        if (_told is null or ReservationState.Held) _told = state;
    }
}
