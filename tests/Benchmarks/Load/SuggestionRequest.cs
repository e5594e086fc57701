using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamCommerce.Benchmarks.Recommend;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>
/// The bytes of a request for a visitor's next products, made once; only the visitor's digits are
/// written over. One thread at a time.
/// </summary>
internal sealed class SuggestionRequest : IConversation
{
    /// <summary>The load of which it is a part; its parts are numbers of visitors.</summary>
    public const string Kind = "recommend";

    /// <summary>Products of an answer.</summary>
    public const int Count = 20;

    // Odd, so that visitors come in a scattered order and each as often as any other.
    private const long Scatter = 2_654_435_761;

    private readonly IReadOnlyList<int> _visitors;
    private readonly byte[] _bytes;
    private readonly int _visitor;

    public SuggestionRequest(Uri address, IReadOnlyList<int> visitors)
    {
        _visitors = visitors;
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            GET /v1/recommendations?visitor={RecommendShop.VisitorId(0)}&k={Count} HTTP/1.1
            Host: {address.Authority}


            """).ReplaceLineEndings("\r\n");
        _bytes = Encoding.ASCII.GetBytes(text);
        _visitor = text.IndexOf('0', text.IndexOf("visitor=", StringComparison.Ordinal));
    }

    public ReadOnlySpan<byte> Ask(PlannedRequest request)
    {
        var visitor = request.Number * Scatter % _visitors[request.Part];
        Utf8Formatter.TryFormat(visitor, _bytes.AsSpan(_visitor, RecommendShop.VisitorDigits),
            out _, new('D', RecommendShop.VisitorDigits));
        return _bytes;
    }

    /// <summary>As many products as were asked for, each once, none sold out.</summary>
    public void Check(in HttpAnswer answer, PlannedRequest request, bool isSample)
    {
        if (!isSample) return;
        using var json = JsonDocument.Parse(answer.ReadContent());
        var products = json.RootElement.GetProperty("products").EnumerateArray()
            .Select(product => product.GetProperty("productId").GetString()!).ToArray();
        var isRight = products.Length == Count && products.Distinct().Count() == Count
            && products.All(id => !RecommendShop.IsSoldOut(RecommendShop.NumberOf(id)));
        if (!isRight)
            throw new InvalidDataException($"{request} was answered with {json.RootElement}.");
    }
}
