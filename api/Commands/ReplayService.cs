using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StreamCommerce.Ingest.Datasets;

namespace StreamCommerce.Api.Commands;

/// <summary>What a replay asks of the service besides taking events.</summary>
internal sealed class ReplayService(
    ServiceConnection service, ReplayOptions options, TimeProvider time)
{
    private static readonly TimeSpan LagInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CatchUpInterval = TimeSpan.FromMilliseconds(100);

    // The products of a file are some hundred kilobytes; the limit of an import is 8 MiB.
    private const int ImportProducts = 5_000;

    /// <summary>Imports the products that the dataset's lines name.</summary>
    public async Task<string> ImportCatalogueAsync(CancellationToken ct)
    {
        var products = OnlineRetailCatalogue.Read(File.OpenRead(options.Dataset));
        var priced = products.Where(product => product.Price is not null).ToList();
        var (added, changed, refused) = (0, 0, 0);
        foreach (var chunk in priced.Chunk(ImportProducts))
        {
            var body = Encode(chunk);
            using var response = await service.SendAsync(() => NewImport(body), ct);
            var answer = await ReadAsync(response, CommandJson.Default.ImportAnswer, ct);
            added += answer.Added;
            changed += answer.Changed;
            refused += answer.RefusedCount;
        }
        return $"Catalogue: {added:N0} products added, {changed:N0} changed, {refused:N0} refused, "
            + $"{products.Count - priced.Count:N0} left out as they never had a price.";
    }

    /// <summary>Partitions of the service's log.</summary>
    public async Task<int> ReadPartitionsAsync(CancellationToken ct)
    {
        using var response = await service.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, "readyz"), ct);
        return (await ReadAsync(response, CommandJson.Default.ReadyAnswer, ct)).Partitions;
    }

    /// <summary>Keeps the meter's lag current until it is cancelled.</summary>
    public async Task WatchLagAsync(ProgressMeter meter, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                meter.Lag = (await TryReadAsync(ct))?.Lag;
                await Task.Delay(LagInterval, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
    }

    /// <summary>Waits until the engine has handled all that is in the log.</summary>
    /// <exception cref="CommandFailedException">It stands still.</exception>
    public async Task CatchUpAsync(ProgressMeter meter, CancellationToken ct)
    {
        var handled = -1L;
        var moved = time.GetTimestamp();
        while (true)
        {
            var ready = await TryReadAsync(ct);
            meter.Lag = ready?.Lag;
            if (ready is { Lag: 0 }) return;
            if (ready is not null && ready.Handled != handled)
                (handled, moved) = (ready.Handled, time.GetTimestamp());
            if (time.GetElapsedTime(moved) > options.Patience)
            {
                throw new CommandFailedException("All is sent, but the engine stands still: " +
                    (ready is null ? "it is not ready." : $"{ready.Lag:N0} events to go."));
            }
            await Task.Delay(CatchUpInterval, time, ct);
        }
    }

    /// <summary>The service's sums, of all that is in its log.</summary>
    public async Task<StatsAnswer> ReadStatsAsync(CancellationToken ct)
    {
        using var response = await service.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Get, "v1/stats?wait=true"), ct);
        return await ReadAsync(response, CommandJson.Default.StatsAnswer, ct);
    }

    private async Task<ReadyAnswer?> TryReadAsync(CancellationToken ct)
    {
        using var response = await service.TryGetAsync("readyz", ct);
        return response is { StatusCode: HttpStatusCode.OK }
            ? await ReadAsync(response, CommandJson.Default.ReadyAnswer, ct) : null;
    }

    private async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken ct)
    {
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        try
        {
            if (response.IsSuccessStatusCode
                && JsonSerializer.Deserialize(body, type) is { } answer)
            {
                return answer;
            }
            throw new CommandFailedException($"{service.Address} answered with status " +
                $"{(int)response.StatusCode}: {Detail(body) ?? response.ReasonPhrase}");
        }
        catch (JsonException e)
        {
            throw new CommandFailedException(
                $"What answers at {service.Address} is no StreamCommerce: {e.Message}", e);
        }
    }

    private static string? Detail(byte[] body) =>
        JsonSerializer.Deserialize(body, CommandJson.Default.EventsAnswer)?.Detail;

    private static ReadOnlyMemory<byte> Encode(IEnumerable<DatasetProduct> products)
    {
        var lines = new ArrayBufferWriter<byte>(64 * 1024);
        foreach (var product in products)
        {
            var price = product.Price!.Value;
            lines.Write(JsonSerializer.SerializeToUtf8Bytes(new ProductLine(product.Sku.Value,
                product.Name, new PriceField(price.Amount, price.Currency.Code)),
                CommandJson.Default.ProductLine));
            lines.Write("\n"u8);
        }
        return lines.WrittenMemory;
    }

    private static HttpRequestMessage NewImport(ReadOnlyMemory<byte> body) =>
        new(HttpMethod.Post, "v1/products/import")
        {
            Content = new ReadOnlyMemoryContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/x-ndjson") },
            },
        };
}
