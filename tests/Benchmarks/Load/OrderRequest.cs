using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>
/// The bytes of a two-line checkout, made once; only the digits of key, visitor and products
/// differ between orders and are written over. One thread at a time.
/// </summary>
internal sealed class OrderRequest : IConversation
{
    /// <summary>The load of which it is a part; its parts are numbers of products, from 2.
    /// </summary>
    public const string Kind = "checkout";

    private const int KeyDigits = 12;
    private const int ProductDigits = 6;

    private static ReadOnlySpan<byte> OrdersPath => "/v1/orders/"u8;

    private readonly IReadOnlyList<int> _products;
    private readonly byte[] _bytes;
    private readonly int _key;
    private readonly int _visitor;
    private readonly int _first;
    private readonly int _second;

    public OrderRequest(Uri address, IReadOnlyList<int> products)
    {
        _products = products;
        // Marks, each once in the text, where digits go.
        var (key, visitor, first, second) = (new string('k', KeyDigits), new string('v', KeyDigits),
            new string('f', ProductDigits), new string('s', ProductDigits));
        var body = $$"""{"visitorId":"visitor-{{visitor}}","currency":"EUR",""" +
            $$""" "payment":{"token":"tok_visa"},"lines":[""" +
            $$"""{"productId":"P{{first}}","quantity":1},""" +
            $$"""{"productId":"P{{second}}","quantity":1}]}""";
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            POST /v1/checkout HTTP/1.1
            Host: {address.Authority}
            Content-Type: application/json
            Content-Length: {body.Length}
            Idempotency-Key: order-{key}


            """).ReplaceLineEndings("\r\n") + body;
        _bytes = Encoding.ASCII.GetBytes(text);
        (_key, _visitor, _first, _second) = (At(key), At(visitor), At(first), At(second));

        int At(string mark) => text.IndexOf(mark, StringComparison.Ordinal);
    }

    /// <summary>A product's id in the catalogue and in the orders.</summary>
    public static string ProductId(int product) =>
        "P" + product.ToString("D6", CultureInfo.InvariantCulture);

    public ReadOnlySpan<byte> Ask(PlannedRequest request)
    {
        var (first, second) = ProductsOf(request);
        Write(request.Number, _key, KeyDigits);
        Write(request.Number, _visitor, KeyDigits);
        Write(first, _first, ProductDigits);
        Write(second, _second, ProductDigits);
        return _bytes;
    }

    public void Check(in HttpAnswer answer, PlannedRequest request, bool isSample)
    {
        var id = OrderIdOf(answer);
        if (!isSample) return;
        using var json = JsonDocument.Parse(answer.ReadContent());
        var root = json.RootElement;
        var (first, second) = ProductsOf(request);
        var lines = root.GetProperty("lines").EnumerateArray().ToArray();
        var isRight = lines.Length == 2
            && lines[0].GetProperty("productId").GetString() == ProductId(first)
            && lines[1].GetProperty("productId").GetString() == ProductId(second)
            && lines.All(line => line.GetProperty("quantity").GetInt32() == 1)
            && root.GetProperty("visitorId").GetString() == $"visitor-{request.Number:D12}"
            && root.GetProperty("id").GetString() == Encoding.ASCII.GetString(id)
            && root.GetProperty("total").GetProperty("amount").GetDecimal() > 0;
        if (!isRight) throw new InvalidDataException($"{request} was answered with {root}.");
    }

    /// <summary>Two different ones, scattered, and the same in every run.</summary>
    private (int First, int Second) ProductsOf(PlannedRequest request)
    {
        var count = _products[request.Part];
        var first = (int)(request.Number * 7919L % count);
        return (first, (int)((first + 1 + (request.Number % (count - 1))) % count));
    }

    /// <summary>The order's id; throws where the answer does not name one.</summary>
    private static ReadOnlySpan<byte> OrderIdOf(in HttpAnswer answer)
    {
        var location = answer.Header("\r\nLocation: "u8);
        return location.Length > OrdersPath.Length
            ? location[OrdersPath.Length..]
            : throw new InvalidDataException("An order without an id.");
    }

    private void Write(long number, int at, int digits) =>
        Utf8Formatter.TryFormat(
            number, _bytes.AsSpan(at, digits), out _, new('D', (byte)digits));
}
