using System.Buffers;
using System.IO.Compression;
using System.Threading.Channels;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// Writes events as NDJSON, which the format <c>events</c> reads. The file appears under its name
/// when it is whole. Events are made and encoded on one thread, compressed and written on another.
/// </summary>
internal static class EventFile
{
    private const int BlockBytes = 256 * 1024;

    // A few: the slower side sets the pace, and a longer queue only takes memory.
    private const int BlocksAhead = 8;

    /// <summary>Writes all of them; compresses where the name ends in <c>.gz</c>.</summary>
    public static async Task WriteAsync(
        string file, IEnumerable<CommerceEvent> events, ProgressMeter meter, CancellationToken ct)
    {
        var temporary = file + ".tmp";
        try
        {
            await using (var output = Create(temporary, IsCompressed(file)))
                await CopyAsync(output, events, meter, ct);
            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static bool IsCompressed(string file) =>
        file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static Stream Create(string file, bool compressed)
    {
        var output = File.Create(file);
        return compressed ? new GZipStream(output, CompressionLevel.Fastest) : output;
    }

    private static async Task CopyAsync(
        Stream output, IEnumerable<CommerceEvent> events, ProgressMeter meter, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var blocks = Channel.CreateBounded<ArrayBufferWriter<byte>>(BlocksAhead);
        var used = Channel.CreateBounded<ArrayBufferWriter<byte>>(BlocksAhead + 2);
        for (var i = 0; i < BlocksAhead + 2; i++)
            used.Writer.TryWrite(new ArrayBufferWriter<byte>(BlockBytes + 4_096));
        var encoding = Task.Run(
            () => EncodeAsync(events, used.Reader, blocks.Writer, meter, stop.Token), ct);
        try
        {
            await foreach (var block in blocks.Reader.ReadAllAsync(ct))
            {
                await output.WriteAsync(block.WrittenMemory, ct);
                block.ResetWrittenCount();
                used.Writer.TryWrite(block);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await encoding;
        }
    }

    /// <summary>Completes the blocks when it ends, with its fault where there is one.</summary>
    private static async Task EncodeAsync(
        IEnumerable<CommerceEvent> events, ChannelReader<ArrayBufferWriter<byte>> used,
        ChannelWriter<ArrayBufferWriter<byte>> blocks, ProgressMeter meter, CancellationToken ct)
    {
        try
        {
            var block = await used.ReadAsync(ct);
            using var writer = CloudEventJson.NewWriter(block);
            var count = 0;
            foreach (var e in events)
            {
                CloudEventJson.Write(writer, e);
                block.Write("\n"u8);
                count++;
                if (block.WrittenCount < BlockBytes) continue;
                await blocks.WriteAsync(block, ct);
                meter.Add(count);
                count = 0;
                block = await used.ReadAsync(ct);
                writer.Reset(block);
            }
            await blocks.WriteAsync(block, ct);
            meter.Add(count);
            blocks.Complete();
        }
        catch (Exception fault)
        {
            blocks.Complete(fault);
        }
    }
}
