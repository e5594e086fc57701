using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments.Sandbox;

/// <summary>One entry of the sandbox's ledger.</summary>
/// <param name="Operation">Our id.</param>
/// <param name="Order">Our order.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="State">What came of it. A second entry of an authorization is the end of its
/// step-up.</param>
/// <param name="Minor">The amount in minor units.</param>
/// <param name="Currency">Of what.</param>
/// <param name="At">When.</param>
internal readonly record struct SandboxRecord(
    OperationId Operation,
    OrderId Order,
    PaymentKind Kind,
    PaymentState State,
    long Minor,
    Currency Currency,
    DateTimeOffset At)
{
    /// <summary>The authorization that it is about; null for an authorization.</summary>
    public string? Target { get; init; }

    /// <summary>Why it was declined.</summary>
    public string? Code { get; init; }

    /// <summary>What is still to go wrong with this authorization's captures and refunds.</summary>
    public SandboxFault Fault { get; init; }

    /// <summary>Of a capture: the rest is kept.</summary>
    public bool KeepRest { get; init; }

    // length 4, checksum 4, kind, state, fault, keep, currency 3, amount 8, time 8.
    private const int FixedBytes = 8 + 4 + 3 + 16;

    /// <summary>The most bytes of a record: four texts of one length byte each.</summary>
    public const int BytesLimit = FixedBytes + 4 * (1 + 255);

    /// <summary>The amount with its currency.</summary>
    public Money Amount => new(MinorUnits.ToDecimal(Minor, Currency), Currency);

    /// <summary>Writes all but the length, and gives the length; 0 where a text is too long.
    /// </summary>
    public int Write(Span<byte> to)
    {
        var at = FixedBytes;
        if (!Put(Operation.Value, to, ref at) || !Put(Order.Value, to, ref at)
            || !Put(Target ?? "", to, ref at) || !Put(Code ?? "", to, ref at)) return 0;
        (to[8], to[9], to[10]) = ((byte)Kind, (byte)State, (byte)Fault);
        to[11] = KeepRest ? (byte)1 : (byte)0;
        Encoding.ASCII.GetBytes(Currency.Code, to[12..15]);
        BinaryPrimitives.WriteInt64LittleEndian(to[15..], Minor);
        BinaryPrimitives.WriteInt64LittleEndian(to[23..], At.UtcTicks);
        BinaryPrimitives.WriteUInt32LittleEndian(
            to[4..], (uint)XxHash3.HashToUInt64(to[8..at]));
        return at;
    }

    /// <summary>Reads a record of a known length; false where it is torn.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out SandboxRecord record)
    {
        record = default;
        if (from.Length < FixedBytes + 4 || BinaryPrimitives.ReadUInt32LittleEndian(from[4..])
            != (uint)XxHash3.HashToUInt64(from[8..])) return false;
        var at = FixedBytes;
        var (operation, order) = (Take(from, ref at), Take(from, ref at));
        var (target, code) = (Take(from, ref at), Take(from, ref at));
        record = new(
            new(operation), new(order), (PaymentKind)from[8], (PaymentState)from[9],
            BinaryPrimitives.ReadInt64LittleEndian(from[15..]),
            Currency.Of(Encoding.ASCII.GetString(from[12..15])),
            new(BinaryPrimitives.ReadInt64LittleEndian(from[23..]), TimeSpan.Zero))
        {
            Target = target.Length == 0 ? null : target,
            Code = code.Length == 0 ? null : code,
            Fault = (SandboxFault)from[10],
            KeepRest = from[11] != 0,
        };
        return true;
    }

    private static bool Put(string text, Span<byte> to, ref int at)
    {
        if (Encoding.UTF8.GetByteCount(text) > 255) return false;
        var length = Encoding.UTF8.GetBytes(text, to[(at + 1)..]);
        to[at] = (byte)length;
        at += 1 + length;
        return true;
    }

    private static string Take(ReadOnlySpan<byte> from, ref int at)
    {
        var text = Encoding.UTF8.GetString(from.Slice(at + 1, from[at]));
        at += 1 + from[at];
        return text;
    }
}
