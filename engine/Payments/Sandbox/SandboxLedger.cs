using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments.Sandbox;

/// <summary>
/// The sandbox's money: every operation once, and what each authorization has left. A change is a
/// record in the journal; applying it is the same live and on opening. Any thread; one lock, held
/// for less than a microsecond an operation.
/// </summary>
/// <remarks>
/// The index keeps numbers only, by the hash of the operation's id: no object an operation for
/// the collector to look at. It is split so that none of its parts grows for long under the lock.
/// The oldest operations are forgotten once there are more than the limit.
/// </remarks>
internal sealed class SandboxLedger : IDisposable
{
    private const int PartCount = 64;

    // Scanned under the lock at a time by a listing: about a millisecond.
    private const int ScanLimit = 4_096;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Slot>[] _parts =
        [.. Enumerable.Range(0, PartCount).Select(_ => new Dictionary<UInt128, Slot>())];
    private readonly SandboxJournal _journal;
    private readonly int _limit;
    private long _oldest;
    private int _count;

    public SandboxLedger(string? folder, int limit)
    {
        _limit = limit;
        _journal = new SandboxJournal(folder);
        var position = _oldest = _journal.First;
        while (_journal.Read(ref position, out var at, out var record))
        {
            Apply(record, at);
            Forget();
        }
    }

    /// <summary>What is known of one operation, and of what it left.</summary>
    internal struct Slot
    {
        public long Position;
        public long Minor;
        public long Captured;
        public long Refunded;
        public Currency Currency;
        public PaymentKind Kind;
        public PaymentState State;
        public SandboxFault Fault;
        public bool IsClosed;
        public bool IsVoided;
    }

    /// <summary>Adds a record unless its operation is there or a rule is broken.</summary>
    /// <returns>Null where it was added; what was there of the operation; or why not.</returns>
    public (SandboxRecord? Known, string? Fault) Add(in SandboxRecord record)
    {
        lock (_lock)
        {
            if (FindLocked(record.Operation.Value, out var known)) return (known, null);
            if (record.Target is { } target && Broken(record, target) is { } broken)
                return (null, broken);
            // What is let go cannot be confirmed any more.
            if (record is { Kind: PaymentKind.Void, Target: { } waiting })
                CompleteLocked(waiting, approve: false, "canceled", record.At);
            var position = _journal.Append(record);
            if (position < 0) return (null, "An id has more than 255 bytes.");
            Apply(record, position);
            Forget();
            return default;
        }
    }

    /// <summary>Ends the step-up of an authorization; null where none waits for it.</summary>
    public SandboxRecord? Complete(string operation, bool approve, string code, DateTimeOffset now)
    {
        lock (_lock) return CompleteLocked(operation, approve, code, now);
    }

    /// <summary>What became of an operation.</summary>
    public bool Find(string operation, out SandboxRecord record)
    {
        lock (_lock) return FindLocked(operation, out record);
    }

    /// <summary>What is still to go wrong with an authorization's captures and refunds.</summary>
    public SandboxFault FaultOf(string authorization)
    {
        lock (_lock)
        {
            ref var slot = ref Slotted(authorization);
            return Unsafe.IsNullRef(ref slot) ? SandboxFault.None : slot.Fault;
        }
    }

    /// <summary>Records of a time; the position to go on from, or null at the end.</summary>
    public (List<SandboxRecord> Records, long? Next) List(
        DateTimeOffset from, DateTimeOffset to, long? position)
    {
        var found = new List<SandboxRecord>();
        lock (_lock)
        {
            var at = Math.Max(position ?? _journal.Seek(from), _oldest);
            for (var i = 0; i < ScanLimit; i++)
            {
                if (!_journal.Read(ref at, out _, out var record)) return (found, null);
                if (record.At < from || record.At >= to || IsSuperseded(record)) continue;
                found.Add(record);
            }
            return (found, at);
        }
    }

    public void Dispose()
    {
        lock (_lock) _journal.Dispose();
    }

    private SandboxRecord? CompleteLocked(
        string operation, bool approve, string code, DateTimeOffset now)
    {
        if (!FindLocked(operation, out var waiting)
            || waiting.State != PaymentState.ActionRequired) return null;
        var done = waiting with
        {
            State = approve ? PaymentState.Succeeded : PaymentState.Declined,
            Code = approve ? null : code,
            At = now,
        };
        Apply(done, _journal.Append(done));
        Forget();
        return done;
    }

    private string? Broken(in SandboxRecord record, string target)
    {
        ref var held = ref Slotted(target);
        if (Unsafe.IsNullRef(ref held) || held.Kind != PaymentKind.Authorize)
            return $"There is no authorization {target}.";
        if (held.Currency != record.Currency) return $"{target} is in {held.Currency}.";
        var left = record.Kind switch
        {
            PaymentKind.Refund => held.Captured - held.Refunded,
            PaymentKind.Void when held.IsVoided || held.State == PaymentState.ActionRequired =>
                record.Minor,
            _ when held.State != PaymentState.Succeeded || held.IsClosed => 0,
            PaymentKind.Capture => held.Minor - held.Captured,
            _ => record.Minor,
        };
        return record.Minor <= left
            ? null : $"{record.Kind} of {record.Amount}: only {left} minor units are left.";
    }

    private void Apply(in SandboxRecord record, long position)
    {
        var key = KeyOf(record.Operation.Value);
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(
            PartOf(key), key, out var isThere);
        // The end of a step-up: the authorization stays where it is and changes its state.
        slot.State = record.State;
        slot.Position = position;
        _count++;
        if (isThere) return;
        (slot.Kind, slot.Minor, slot.Currency) = (record.Kind, record.Minor, record.Currency);
        slot.Fault = record.Fault;
        if (record.Target is null) return;
        // The target may be in the same part, which may have grown: looked up, not kept.
        ref var held = ref Slotted(record.Target);
        if (Unsafe.IsNullRef(ref held)) return;
        if (record.Kind == PaymentKind.Capture) held.Captured += record.Minor;
        if (record.Kind == PaymentKind.Refund) held.Refunded += record.Minor;
        held.IsVoided |= record.Kind == PaymentKind.Void;
        held.IsClosed |= record.Kind == PaymentKind.Void
            || (record.Kind == PaymentKind.Capture && !record.KeepRest);
    }

    // Two at a time, so that the limit is reached again however it was passed.
    private void Forget()
    {
        for (var i = 0; i < 2 && _count > _limit; i++)
        {
            if (!_journal.Read(ref _oldest, out var at, out var record)) return;
            _count--;
            var key = KeyOf(record.Operation.Value);
            var part = PartOf(key);
            // Not where a later record of the same operation holds the place.
            if (part.TryGetValue(key, out var slot) && slot.Position == at) part.Remove(key);
            _journal.DropBefore(at);
        }
    }

    private bool IsSuperseded(in SandboxRecord record)
    {
        if (record.State != PaymentState.ActionRequired) return false;
        ref var slot = ref Slotted(record.Operation.Value);
        return !Unsafe.IsNullRef(ref slot) && slot.State != record.State;
    }

    private bool FindLocked(string operation, out SandboxRecord record)
    {
        record = default;
        ref var slot = ref Slotted(operation);
        if (Unsafe.IsNullRef(ref slot)) return false;
        var position = slot.Position;
        return _journal.Read(ref position, out _, out record);
    }

    private ref Slot Slotted(string operation)
    {
        var key = KeyOf(operation);
        return ref CollectionsMarshal.GetValueRefOrNullRef(PartOf(key), key);
    }

    private Dictionary<UInt128, Slot> PartOf(UInt128 key) => _parts[(int)(key & (PartCount - 1))];

    private static UInt128 KeyOf(string operation) =>
        XxHash128.HashToUInt128(MemoryMarshal.AsBytes(operation.AsSpan()));
}
