using System.Runtime.CompilerServices;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Log;

/// <summary>
/// One consumer's way through a partition. Its batch array and its pool of texts are used again
/// for each batch. One thread at a time.
/// </summary>
internal sealed class PartitionReader(
    PartitionStore store, int partition, long fromOffset, int batchLimit)
{
    // Above it, a batch only costs memory.
    private const int BatchCountLimit = 8 * 1024;

    private readonly LoggedEvent[] _batch = new LoggedEvent[Math.Min(batchLimit, BatchCountLimit)];
    private readonly TextPool _texts = new();
    private long _next = fromOffset;
    private SegmentScanner? _scanner;
    private long _scannerFirst;

    public async IAsyncEnumerable<ReadOnlyMemory<LoggedEvent>> RunAsync(
        [EnumeratorCancellation] CancellationToken ct)
    {
        try
        {
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                var count = Fill();
                if (count > 0) yield return _batch.AsMemory(0, count);
                else await store.Segments.WaitForAsync(_next).WaitAsync(ct);
            }
        }
        finally
        {
            _scanner?.Dispose();
        }
    }

    // What is in front of a damaged place is handed out first; the next call throws.
    private int Fill()
    {
        var count = 0;
        while (count < _batch.Length)
        {
            var segment = store.Segments.Find(_next);
            if (_next == segment.EndOffset) break;
            if (!Enter(segment)) continue;
            if (!Read(segment, ref count)) break;
        }
        return count;
    }

    // False where retention has just removed the segment.
    private bool Enter(Segment segment)
    {
        if (_scanner is not null && _scannerFirst == segment.FirstOffset) return true;
        _scanner?.Dispose();
        _scanner = null;
        try
        {
            _scanner = store.OpenScanner(segment);
        }
        catch (FileNotFoundException)
        {
            if (store.Segments.Find(_next).FirstOffset != segment.FirstOffset) return false;
            throw store.Corrupt(segment.FirstOffset, 0, _next, "the file is missing");
        }
        _scannerFirst = segment.FirstOffset;
        for (var offset = segment.FirstOffset; offset < _next; offset++)
        {
            if (_scanner.Next(segment.Bytes, offset, out _, out _) is var result
                && result != ScanResult.Record)
            {
                throw Damage(result, offset);
            }
        }
        return true;
    }

    // False where the batch must end here.
    private bool Read(Segment segment, ref int count)
    {
        while (count < _batch.Length && _next < segment.EndOffset)
        {
            var result = _scanner!.Next(segment.Bytes, _next, out var head, out var payload);
            if (result != ScanResult.Record)
                return count > 0 ? false : throw Damage(result, _next);
            _batch[count++] = new LoggedEvent(
                head.Offset, new DateTimeOffset(head.LoggedAtTicks, TimeSpan.Zero),
                Decode(payload, head.Offset));
            _next++;
        }
        return true;
    }

    private CommerceEvent Decode(ReadOnlySpan<byte> payload, long offset)
    {
        try
        {
            return EventCodec.Read(payload, _texts);
        }
        catch (FormatException e)
        {
            // The checksum is right, so these bytes were written: by a later version.
            throw new InvalidDataException(
                $"Partition {partition}, offset {offset}: {e.Message}", e);
        }
    }

    // Forgets the scanner, so that the reader throws again, and from the same place.
    private LogCorruptException Damage(ScanResult result, long offset)
    {
        var problem = result == ScanResult.Bad ? _scanner!.Problem : "the file ends";
        var corrupt = store.Corrupt(_scannerFirst, _scanner!.Position, offset, problem);
        _scanner.Dispose();
        _scanner = null;
        return corrupt;
    }
}
