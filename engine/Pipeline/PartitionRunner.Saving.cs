using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>The part that saves, and that forgets visitors, which is saved at once. Also on
/// threads of others than the partition's.</summary>
internal sealed partial class PartitionRunner
{
    // Taken before the gate.
    private readonly Lock _saving = new();

    /// <summary>Saves what is not saved; false where that failed and must be tried again.</summary>
    public bool Checkpoint()
    {
        lock (_saving)
        {
            CapturedState captured;
            lock (_gate)
            {
                // A fault in the midst of a batch: no offset is true of the state any more.
                if (_isTorn) return false;
                if (_next == _saved && !MustSaveErased) return true;
                captured = _state.Capture(Graph, _next);
            }
            // Also where it fails, so that a full disk is not tried again after every batch.
            (_triedOffset, _triedAt) = (captured.NextOffset, _time.GetTimestamp());
            return Save(captured);
        }
    }

    /// <summary>Forgets a visitor behind all that is in the log now.</summary>
    /// <remarks>
    /// Under the gate, so that every event is either below the mark, and in what is forgotten, or
    /// behind it. The mark is durable before anything else is: after a crash at any point the
    /// visitor is forgotten when the log is read again, or was not yet, and whoever asked has no
    /// answer and asks again. Then the state is written anew as a whole, since older frames of the
    /// file still hold the visitor; of one of whom nothing was kept they hold nothing, and the mark
    /// is enough.
    /// </remarks>
    /// <exception cref="IOException">Something could not be written, or the log has acknowledged
    /// events that would come behind the mark.</exception>
    public async Task<ErasedState> ForgetAsync(VisitorId visitor, CancellationToken ct)
    {
        await WaitForAsync(await _log.AskEndAsync(_partition, ct), ct);
        var places = new List<ErasedPlace>();
        ForgetMark mark;
        lock (_saving)
        {
            lock (_gate)
            {
                if (_isTorn) throw new IOException($"Partition {_partition} has stopped.");
                mark = new(StableHash.Of(visitor.Value), _next);
                _forgotten.Add(_partition, mark, replaces: !Graph.Keeps(visitor));
                places.AddRange(Graph.Erase(visitor));
            }
            places.Add(EraseLetters(_late, "late", visitor));
            places.Add(EraseLetters(_deadLetters, "dead-letters", visitor));
            if (MustSaveErased && !Checkpoint())
                throw new IOException("The state could not be saved; see the service's log.");
        }
        return new ErasedState(_partition, mark.Offset, places);
    }

    /// <summary>Whether the file may hold a visitor who was erased: just now, or in a try that
    /// failed.</summary>
    private bool MustSaveErased => Graph.HasErased || _state.IsUnsaved;

    private bool Save(CapturedState captured)
    {
        try
        {
            _deadLetters.Flush();
            _late.Flush();
            _state.Save(captured);
            _saved = captured.NextOffset;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The log still has everything; the next checkpoint saves all of the state.
            LogNotSaved(e, _partition);
            return false;
        }
    }

    private static ErasedPlace EraseLetters(LetterFile letters, string place, VisitorId visitor) =>
        new(place, letters.Forget(visitor), letters.CountOf(visitor));
}
