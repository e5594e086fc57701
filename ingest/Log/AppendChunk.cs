using System.Buffers;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Log;

/// <summary>
/// A batch's events of one partition as records without a place yet, in a pooled buffer. Its maker
/// fills it; from the queue on it is the partition writer's, which gives the buffer back.
/// </summary>
internal sealed class AppendChunk(AppendBatch batch) : IBufferWriter<byte>
{
    private const int FirstBytes = 16 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _length;

    /// <summary>The records; stamped in place by the writer.</summary>
    public Memory<byte> Written => _buffer.AsMemory(0, _length);

    /// <exception cref="ArgumentException">The event is too large for a record.</exception>
    public void Add(CommerceEvent e)
    {
        var start = _length;
        GetSpan(LogRecord.HeadBytes);
        Advance(LogRecord.HeadBytes);
        EventCodec.Write(this, e);
        var bytes = _length - start;
        if (!LogRecord.IsPlausible(bytes))
        {
            throw new ArgumentException($"The event {e.Id} takes {bytes} bytes; the log takes at " +
                $"most {LogRecord.BytesLimit} an event.");
        }
        LogRecord.SetLength(_buffer.AsSpan(start, bytes));
    }

    /// <summary>
    /// Gives the buffer back and tells the batch, with the reason where it failed.
    /// </summary>
    public void Complete(Exception? fault)
    {
        Release();
        batch.PartDone(fault);
    }

    /// <summary>Gives the buffer back of a chunk that was never queued.</summary>
    public void Release()
    {
        var buffer = _buffer;
        (_buffer, _length) = ([], 0);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_length);
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _length >= Math.Max(count, 1)) return;
        var larger = ArrayPool<byte>.Shared.Rent(
            Math.Max(_buffer.Length * 2, _length + Math.Max(count, 1)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

/// <summary>
/// An append that waits for the partitions it spans. It completes when the last of them is done,
/// and fails with the first fault. Any thread.
/// </summary>
internal sealed class AppendBatch
{
    private readonly TaskCompletionSource _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Exception? _fault;
    private int _left;

    public Task Task => _done.Task;

    /// <summary>Tells how many parts there are, before the first of them is queued.</summary>
    public void Expect(int parts) => _left = parts;

    public void PartDone(Exception? fault)
    {
        if (fault is not null) Interlocked.CompareExchange(ref _fault, fault, null);
        if (Interlocked.Decrement(ref _left) > 0) return;
        if (_fault is null) _done.TrySetResult();
        else _done.TrySetException(_fault);
    }
}
