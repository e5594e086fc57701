using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>
/// The bytes of a two-line checkout, made once; only the digits of key, visitor and products
/// differ between orders and are written over. One thread at a time.
/// </summary>
internal sealed class OrderRequest
{
    private const int KeyDigits = 12;
    private const int ProductDigits = 6;

    private readonly byte[] _bytes;
    private readonly int _key;
    private readonly int _visitor;
    private readonly int _first;
    private readonly int _second;

    public OrderRequest(Uri address)
    {
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

    /// <summary>The request's bytes, valid until the next call.</summary>
    public ReadOnlySpan<byte> For(PlannedOrder order)
    {
        Write(order.Number, _key, KeyDigits);
        Write(order.Number, _visitor, KeyDigits);
        Write(order.First, _first, ProductDigits);
        Write(order.Second, _second, ProductDigits);
        return _bytes;
    }

    /// <summary>The order's id; throws where the answer does not name one.</summary>
    public static ReadOnlySpan<byte> OrderIdOf(in HttpAnswer answer)
    {
        var location = answer.Header("\r\nLocation: "u8);
        var id = location["/v1/orders/".Length..];
        return id.Length > 0 ? id : throw new InvalidDataException("An order without an id.");
    }

    /// <summary>Throws unless the answer is the order that was asked for, priced.</summary>
    public static void Check(in HttpAnswer answer, PlannedOrder order)
    {
        using var json = JsonDocument.Parse(answer.ReadContent());
        var root = json.RootElement;
        var lines = root.GetProperty("lines").EnumerateArray().ToArray();
        var isRight = lines.Length == 2
            && lines[0].GetProperty("productId").GetString() == ProductId(order.First)
            && lines[1].GetProperty("productId").GetString() == ProductId(order.Second)
            && lines.All(line => line.GetProperty("quantity").GetInt32() == 1)
            && root.GetProperty("visitorId").GetString() == $"visitor-{order.Number:D12}"
            && root.GetProperty("id").GetString() == Encoding.ASCII.GetString(OrderIdOf(answer))
            && root.GetProperty("total").GetProperty("amount").GetDecimal() > 0;
        if (!isRight) throw new InvalidDataException($"{order} was answered with {root}.");
    }

    private void Write(long number, int at, int digits) =>
        Utf8Formatter.TryFormat(
            number, _bytes.AsSpan(at, digits), out _, new('D', (byte)digits));
}
