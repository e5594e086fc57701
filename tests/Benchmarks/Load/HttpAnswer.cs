using System.Buffers.Text;

namespace StreamCommerce.Benchmarks.Load;

/// <summary>
/// An answer of HTTP/1.1 as it came over the wire: as much of the protocol as this service
/// speaks, with a length or in chunks, and no more.
/// </summary>
internal readonly ref struct HttpAnswer
{
    private readonly ReadOnlySpan<byte> _head;
    private readonly ReadOnlySpan<byte> _content;
    private readonly bool _isChunked;

    private HttpAnswer(
        int status, ReadOnlySpan<byte> head, ReadOnlySpan<byte> content, bool isChunked)
    {
        Status = status;
        _head = head;
        _content = content;
        _isChunked = isChunked;
    }

    public int Status { get; }

    /// <summary>False where more of the answer has to come.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out HttpAnswer answer)
    {
        answer = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        var head = bytes[..(end + 2)];
        var rest = bytes[(end + 4)..];
        if (!head.StartsWith("HTTP/1.1 "u8)
            || !Utf8Parser.TryParse(head[9..], out int status, out _))
        {
            throw new InvalidDataException("An answer that is none of HTTP/1.1.");
        }
        var length = FindHeader(head, "\r\nContent-Length: "u8);
        if (length.IsEmpty)
        {
            if (status == 204) return Found(status, head, default, false, out answer);
            return rest.EndsWith("\r\n0\r\n\r\n"u8)
                && Found(status, head, rest, isChunked: true, out answer);
        }
        if (!Utf8Parser.TryParse(length, out int count, out _))
            throw new InvalidDataException("A content length that is no number.");
        return rest.Length >= count && Found(status, head, rest[..count], false, out answer);
    }

    /// <summary>A header's value; empty where it is missing.</summary>
    /// <param name="name">With the line break before and the colon and space behind it.</param>
    public ReadOnlySpan<byte> Header(ReadOnlySpan<byte> name) => FindHeader(_head, name);

    /// <summary>The content, out of its chunks.</summary>
    public byte[] ReadContent()
    {
        if (!_isChunked) return _content.ToArray();
        var content = new List<byte>(_content.Length);
        var rest = _content;
        while (Utf8Parser.TryParse(rest, out int count, out var digits, 'x') && count > 0)
        {
            content.AddRange(rest.Slice(digits + 2, count));
            rest = rest[(digits + 2 + count + 2)..];
        }
        return [.. content];
    }

    private static bool Found(
        int status, ReadOnlySpan<byte> head, ReadOnlySpan<byte> content, bool isChunked,
        out HttpAnswer answer)
    {
        answer = new HttpAnswer(status, head, content, isChunked);
        return true;
    }

    private static ReadOnlySpan<byte> FindHeader(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var at = head.IndexOf(name);
        if (at < 0) return default;
        var value = head[(at + name.Length)..];
        return value[..value.IndexOf((byte)'\r')];
    }
}
