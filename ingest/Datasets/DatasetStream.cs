using System.IO.Compression;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>Opens a dataset's file, whether it is compressed or not.</summary>
/// <remarks>
/// A gzip file that is cut short must not pass for a short dataset. .NET tells it apart only under
/// the switch <c>System.IO.Compression.UseStrictValidation</c>, which Directory.Build.props sets.
/// </remarks>
public static class DatasetStream
{
    /// <summary>The text of a plain or gzip stream, which need not be seekable.</summary>
    public static Stream Open(Stream input)
    {
        var head = new byte[2];
        var count = input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        Stream whole;
        if (input.CanSeek)
        {
            input.Seek(-count, SeekOrigin.Current);
            whole = input;
        }
        else
        {
            whole = new RejoinedStream(head.AsMemory(0, count), input);
        }
        return count == 2 && head[0] == 0x1F && head[1] == 0x8B
            ? new GZipStream(whole, CompressionMode.Decompress)
            : whole;
    }

    /// <summary>A stream with the bytes put back that were read to look at them.</summary>
    private sealed class RejoinedStream(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> _head = head;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (_head.IsEmpty) return rest.Read(buffer);
            var count = Math.Min(buffer.Length, _head.Length);
            _head.Span[..count].CopyTo(buffer);
            _head = _head[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) =>
            Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) =>
            throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) rest.Dispose();
            base.Dispose(disposing);
        }
    }
}
