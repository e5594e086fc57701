using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using StreamCommerce.Benchmarks.Load;

namespace StreamCommerce.Benchmarks;

/// <summary>A service's catalogue and stock: put there before a load, counted after it.</summary>
internal sealed class BenchmarkShop(ServiceProcess service, int products) : IDisposable
{
    /// <summary>Units of each product at the start: more than any run sells.</summary>
    public const int Stock = 10_000_000;

    private const int Connections = 16;

    private readonly HttpClient _client = service.Connect(Connections);

    public async Task StockUpAsync()
    {
        var rows = new StringBuilder();
        for (var product = 0; product < products; product++)
        {
            rows.Append($$"""{"id":"{{OrderRequest.ProductId(product)}}",""")
                .Append($"\"title\":\"Product {product}\",")
                .Append("""
                    "price":{"amount":9.99,"currency":"EUR"}}
                    """)
                .Append('\n');
        }
        await PostAsync("v1/products/import", rows.ToString(), "application/x-ndjson");
        await Task.WhenAll(Enumerable.Range(0, products).Select(product => PostAsync(
            $"v1/stock/{OrderRequest.ProductId(product)}/adjustments",
            $$"""{"delta":{{Stock}},"reason":"receipt"}""", "application/json")));
    }

    /// <summary>Throws unless exactly so many units have left the stock.</summary>
    public async Task CheckSoldAsync(long units)
    {
        var left = await Task.WhenAll(Enumerable.Range(0, products).Select(ReadAvailableAsync));
        var sold = left.Sum(available => Stock - available);
        if (sold != units)
            throw new InvalidOperationException($"{units} units were ordered, {sold} are gone.");
    }

    public void Dispose() => _client.Dispose();

    private async Task<long> ReadAvailableAsync(int product)
    {
        using var stock = JsonDocument.Parse(await _client.GetStringAsync(
            $"v1/stock/{OrderRequest.ProductId(product)}"));
        return stock.RootElement.GetProperty("available").GetInt64();
    }

    private async Task PostAsync(string path, string body, string type)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type));
        using var answer = await _client.PostAsync(path, content);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"{path}: {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
