using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Stock;

/// <summary>
/// The line of those whose units are sold and not there yet, one a product and region, in one
/// partition of <c>stockIndex</c>. A place may be left over from a reservation that waits no more;
/// whoever serves the line removes it. Any thread.
/// </summary>
internal sealed class WaitingLines(DocumentContainer index)
{
    /// <summary>
    /// Puts a reservation at the end of the line of each product that it waits for; where it is
    /// in it already, it keeps its place.
    /// </summary>
    public async ValueTask AddAsync(
        ReservationDocument reservation, MovementDocument sale, CancellationToken ct)
    {
        foreach (var product in reservation.Current!.Lines.Where(line => line.Backordered > 0)
            .Select(line => (line.Share.Sku, line.Share.Region)).Distinct())
        {
            var scope = PlaceDocument.ScopeOf(new(product.Sku), new(product.Region));
            await index.CreateAsync(scope, new PlaceDocument
            {
                Id = reservation.Id,
                Scope = scope,
                Reservation = reservation.Reservation,
                Number = sale.Number,
            }, ct);
        }
    }

    /// <summary>The line from its head.</summary>
    public async ValueTask<IReadOnlyList<PlaceDocument>> ListAsync(
        Sku sku, StockRegion region, int limit, CancellationToken ct) =>
        await index.QueryAsync<PlaceDocument>(
            new("SELECT * FROM c WHERE c.type = 'place' ORDER BY c.number"),
            PlaceDocument.ScopeOf(sku, region), limit, ct);

    /// <summary>Takes a place out of its line.</summary>
    public async ValueTask RemoveAsync(PlaceDocument place, CancellationToken ct) =>
        await index.DeleteAsync(place.Scope, place.Id, null, ct);
}

/// <summary>A reservation's place in the line for a product.</summary>
internal sealed record PlaceDocument
{
    public const string TypeName = "place";

    public required string Id { get; init; }

    public string Type { get; init; } = TypeName;

    public required string Scope { get; init; }

    public required string Reservation { get; init; }

    /// <summary>When it was sold, as the ledger counts.</summary>
    public required string Number { get; init; }

    public static string ScopeOf(Sku sku, StockRegion region) =>
        $"waiting#{DocumentId.Of(sku.Value)}#{region}";
}
