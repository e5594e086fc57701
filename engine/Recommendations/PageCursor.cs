using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>
/// Where the next page of an answer goes on: 32 bits of the hash of each product that was shown.
/// The service keeps nothing for it, and no product comes twice however the ranking has changed
/// since; that a page lacks a product for another's hash happens once in some ten million.
/// </summary>
public sealed class PageCursor
{
    /// <summary>Products that pages may have shown: a longer one would not fit into URLs, and
    /// nobody leafs that far.</summary>
    public const int ShownLimit = 200;

    /// <summary>Before the first page.</summary>
    public static readonly PageCursor Start = new([]);

    private readonly uint[] _shown;

    private PageCursor(uint[] shown) => _shown = shown;

    /// <summary>How many products were shown.</summary>
    public int Count => _shown.Length;

    /// <summary>Reads a text that <see cref="ToString"/> has written.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PageCursor? cursor)
    {
        cursor = null;
        if (string.IsNullOrEmpty(text) || text.Length > Base64Url.GetEncodedLength(4 * ShownLimit)
            || !Base64Url.IsValid(text, out var length) || length % 4 != 0) return false;
        Span<byte> bytes = stackalloc byte[4 * ShownLimit];
        if (!Base64Url.TryDecodeFromChars(text, bytes, out length)) return false;
        var shown = new uint[length / 4];
        for (var i = 0; i < shown.Length; i++)
            shown[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
        cursor = new(shown);
        return true;
    }

    /// <summary>Whether an earlier page has shown the product.</summary>
    public bool HasShown(Sku sku) => _shown.Length > 0 && _shown.AsSpan().Contains(HashOf(sku));

    /// <summary>The cursor behind a further page; null where there is no place for one.</summary>
    public PageCursor? Next(ReadOnlySpan<Recommendation> page)
    {
        if (page.IsEmpty || _shown.Length + page.Length > ShownLimit) return null;
        var shown = new uint[_shown.Length + page.Length];
        _shown.CopyTo(shown, 0);
        for (var i = 0; i < page.Length; i++) shown[_shown.Length + i] = HashOf(page[i].Sku);
        return new(shown);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[4 * _shown.Length];
        for (var i = 0; i < _shown.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * i)..], _shown[i]);
        return Base64Url.EncodeToString(bytes);
    }

    private static uint HashOf(Sku sku) => (uint)StableHash.Of(sku.Value);
}
