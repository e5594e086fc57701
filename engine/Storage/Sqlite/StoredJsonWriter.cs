using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Writes JSON for columns, into one buffer that is used again. One thread at a time.
/// </summary>
internal sealed class StoredJsonWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4_096);
    private readonly Utf8JsonWriter _writer;

    // Validation is for those who write by hand; a generated serializer makes no mistake.
    public StoredJsonWriter() =>
        _writer = new(_buffer, new JsonWriterOptions { SkipValidation = true });

    /// <summary>The value's bytes, valid until the next call.</summary>
    /// <param name="value">What is written.</param>
    /// <param name="type">How.</param>
    /// <param name="atLeast">Bytes; a shorter text ends in spaces, which JSON allows.</param>
    public ReadOnlySpan<byte> Write<T>(T value, JsonTypeInfo<T> type, int atLeast = 0)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        JsonSerializer.Serialize(_writer, value, type);
        _writer.Flush();
        if (_buffer.WrittenCount < atLeast)
        {
            var rest = atLeast - _buffer.WrittenCount;
            _buffer.GetSpan(rest)[..rest].Fill((byte)' ');
            _buffer.Advance(rest);
        }
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _writer.Dispose();
}
