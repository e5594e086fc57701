using System.Buffers;
using System.Globalization;
using System.Text;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// Ids of documents from ids of the shop. Cosmos forbids <c>/ \ ? #</c> in an id (it is a part of
/// a URL), the gateway mistakes what looks like <c>%2F</c>, and ours may have any character; each
/// of these becomes <c>~</c> and hexadecimal digits, as does <c>~</c> itself, so that different
/// ids stay different.
/// </summary>
internal static class DocumentId
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/\\?#%~");

    /// <summary>The id as a document may have it.</summary>
    public static string Of(string id)
    {
        // Not names either, in a URL.
        if (id is "" or "." or "..") return "~" + id.Replace(".", "~2E", StringComparison.Ordinal);
        if (!id.AsSpan().ContainsAny(Forbidden) && !id.Any(char.IsControl) && id[^1] != ' ')
            return id;
        var escaped = new StringBuilder(id.Length + 8);
        foreach (var letter in id)
        {
            if (Forbidden.Contains(letter) || char.IsControl(letter)) Escape(escaped, letter);
            else escaped.Append(letter);
        }
        // An id that ends in a space cannot be addressed either.
        if (escaped[^1] == ' ')
        {
            escaped.Length--;
            Escape(escaped, ' ');
        }
        return escaped.ToString();
    }

    /// <summary>
    /// Several ids as one text, each told from the next: parts keep their <c>#</c> apart by
    /// escaping it.
    /// </summary>
    public static string Join(params ReadOnlySpan<string> parts)
    {
        var joined = new StringBuilder();
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0) joined.Append(':');
            joined.Append(Of(parts[i]).Replace(":", "~3A", StringComparison.Ordinal));
        }
        return joined.ToString();
    }

    private static void Escape(StringBuilder escaped, char letter) =>
        escaped.Append('~').Append(((int)letter).ToString("X2", CultureInfo.InvariantCulture));
}
