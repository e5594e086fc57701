using System.Buffers;
using System.IO.Compression;
using StreamCommerce.Api.Problems;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// A request's body, unpacked where it came with <c>Content-Encoding: gzip</c>, in one piece of
/// pooled memory: parsers want it whole, and a batch of 500 events must not allocate for it.
/// </summary>
internal sealed class PooledBody : IDisposable
{
    private const int FirstBytes = 64 * 1024;

    private byte[] _buffer;
    private int _length;

    private PooledBody(int bytes) => _buffer = ArrayPool<byte>.Shared.Rent(bytes);

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads all of it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">Bytes, unpacked; more end in status 413.</param>
    /// <param name="ct">Gives up.</param>
    public static async ValueTask<PooledBody> ReadAsync(
        HttpRequest request, int limit, CancellationToken ct)
    {
        if (request.ContentLength > limit) throw TooLarge(limit);
        var isPlain = request.Headers.ContentEncoding.Count == 0;
        await using var unpacked = isPlain ? null : Unpack(request);
        // One byte more than is announced, so that the end is found without growing.
        var body = new PooledBody(isPlain && request.ContentLength is { } length
            ? (int)length + 1 : FirstBytes);
        try
        {
            await body.FillAsync(unpacked ?? request.Body, limit, ct);
            return body;
        }
        catch (InvalidDataException fault) when (unpacked is not null)
        {
            var detail = body._length == 0
                ? "The body is not gzip, but its Content-Encoding says so."
                : "The body's gzip is damaged or ends too early.";
            body.Dispose();
            throw new BodyFormatException(detail, fault);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        var buffer = Interlocked.Exchange(ref _buffer, []);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private async ValueTask FillAsync(Stream source, int limit, CancellationToken ct)
    {
        while (true)
        {
            if (_length == _buffer.Length) Grow();
            var read = await source.ReadAsync(_buffer.AsMemory(_length), ct);
            if (read == 0) return;
            _length += read;
            if (_length > limit) throw TooLarge(limit);
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private static GZipStream Unpack(HttpRequest request) =>
        string.Equals(request.Headers.ContentEncoding, "gzip", StringComparison.OrdinalIgnoreCase)
            ? new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true)
            : throw new BadHttpRequestException("Only gzip is read as a content encoding.",
                StatusCodes.Status415UnsupportedMediaType);

    private static BadHttpRequestException TooLarge(int limit) => new(
        $"The body holds more than {limit} bytes.", StatusCodes.Status413PayloadTooLarge);
}
