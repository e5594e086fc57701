using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>A product of an answer, and who proposed it.</summary>
public readonly record struct AnsweredItem(Sku Sku, RecommendationSource Source);

/// <summary>
/// What the id of an answer says: who proposed each product, and the visitor's arms. A storefront
/// sends the id back with its events, as GA4's <c>item_list_id</c>, and nothing else has to be
/// kept to credit an impression or a click, however much later it comes.
/// </summary>
/// <remarks>
/// The id is <c>rec-</c> and base64url of: a form number; 32 bits of a hash over all that follows
/// and the visitor; milliseconds since 1970 (48 bits); a counter (32 bits); the arms' tags; for
/// each product 16 bits of its hash and its source. So an id that was cut, changed or carried to
/// another visitor is told from a sound one; an answer that was for nobody in particular has an id
/// that everybody may send. It is no signature: who can send events can also invent them.
/// Immutable.
/// </remarks>
public sealed class AnswerLabel
{
    /// <summary>The beginning of every answer's id: other lists have other ids.</summary>
    public const string Prefix = "rec-";

    /// <summary>Products that an id carries; those behind are shown but not credited. The id
    /// stays within <see cref="EventRules.ParameterLengthLimit"/>.</summary>
    public const int ItemLimit = 64;

    /// <summary>Arms that an id carries.</summary>
    public const int ArmLimit = 8;

    private const byte Form = 1;
    private const int CheckedAt = 5;
    private const int NumberAt = 11;
    private const int ArmsAt = 15;
    private const int ItemBytes = 3;

    private readonly byte[] _bytes;

    private AnswerLabel(byte[] bytes, ulong key) => (_bytes, Key) = (bytes, key);

    /// <summary>64 bits that stand for the answer.</summary>
    public ulong Key { get; }

    /// <summary>When the answer was given, to the millisecond.</summary>
    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(
        (long)(BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(3)) & 0xFFFF_FFFF_FFFF));

    /// <summary>How many arms the visitor was in.</summary>
    public int ArmCount => _bytes[ArmsAt];

    /// <summary>How many products it carries.</summary>
    public int ItemCount => _bytes[ItemsAt];

    /// <summary>Whether it can carry no more: the answer may have been longer.</summary>
    public bool IsFull => ItemCount == ItemLimit;

    private int ItemsAt => ArmsAt + 1 + (4 * ArmCount);

    /// <summary>The tag of an arm; see <see cref="Experiments.ArmName.Tag"/>.</summary>
    public uint ArmOf(int number) =>
        BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(ArmsAt + 1 + (4 * number)));

    /// <summary>Who proposed the product at a place.</summary>
    public RecommendationSource SourceOf(int place) =>
        (RecommendationSource)_bytes[ItemsAt + 1 + (ItemBytes * place) + 2];

    /// <summary>The product's place in the answer; -1 where it is not in it. By 16 bits: one of
    /// a thousand strange products is taken for one of sixty.</summary>
    public int Find(Sku sku)
    {
        var hash = HashOf(sku);
        for (var place = 0; place < ItemCount; place++)
        {
            var at = ItemsAt + 1 + (ItemBytes * place);
            if (BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at)) == hash) return place;
        }
        return -1;
    }

    /// <summary>The id of a new answer.</summary>
    /// <param name="visitor">Whose it is; null: anybody's.</param>
    /// <param name="at">When.</param>
    /// <param name="number">Tells the answers of a millisecond apart.</param>
    /// <param name="arms">The arms' tags; at most <see cref="ArmLimit"/>.</param>
    /// <param name="items">The products, first to last.</param>
    public static string Write(
        VisitorId? visitor, DateTimeOffset at, uint number, IReadOnlyList<uint> arms,
        ReadOnlySpan<AnsweredItem> items)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arms.Count, ArmLimit);
        if (items.Length > ItemLimit) items = items[..ItemLimit];
        Span<byte> bytes = stackalloc byte[
            ArmsAt + 2 + (4 * arms.Count) + (ItemBytes * items.Length)];
        var milliseconds = (ulong)at.ToUnixTimeMilliseconds() & 0xFFFF_FFFF_FFFF;
        // Its upper 16 bits fall on places that are written after it.
        BinaryPrimitives.WriteUInt64BigEndian(bytes[3..], milliseconds);
        bytes[0] = Form;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[NumberAt..], number);
        bytes[ArmsAt] = (byte)arms.Count;
        var rest = bytes[(ArmsAt + 1)..];
        foreach (var arm in arms)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rest, arm);
            rest = rest[4..];
        }
        rest[0] = (byte)items.Length;
        rest = rest[1..];
        foreach (var item in items)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(rest, HashOf(item.Sku));
            rest[2] = (byte)item.Source;
            rest = rest[ItemBytes..];
        }
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[1..], Check(bytes, visitor));
        return string.Concat(Prefix, Base64Url.EncodeToString(bytes));
    }

    /// <summary>Whether a text looks like the id of an answer, sound or not.</summary>
    public static bool IsAnswer(string? text) =>
        text is not null && text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What an id says; null where it is not the id of an answer to that visitor, or to
    /// anybody.</summary>
    public static AnswerLabel? Read(string text, VisitorId visitor)
    {
        if (!IsAnswer(text) || text.Length > EventRules.ParameterLengthLimit) return null;
        var encoded = text.AsSpan(Prefix.Length);
        if (!Base64Url.IsValid(encoded, out var length) || length < ArmsAt + 2) return null;
        var bytes = new byte[length];
        if (!Base64Url.TryDecodeFromChars(encoded, bytes, out _)) return null;
        if (bytes[0] != Form || bytes[ArmsAt] > ArmLimit) return null;
        var itemsAt = ArmsAt + 1 + (4 * bytes[ArmsAt]);
        if (itemsAt >= length || bytes[itemsAt] > ItemLimit
            || length != itemsAt + 1 + (ItemBytes * bytes[itemsAt])) return null;
        var check = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(1));
        return check == Check(bytes, visitor) || check == Check(bytes, null)
            ? new AnswerLabel(bytes, KeyOf(bytes)) : null;
    }

    private static uint Check(ReadOnlySpan<byte> bytes, VisitorId? visitor) =>
        (uint)XxHash3.HashToUInt64(
            bytes[CheckedAt..], visitor is { } known ? (long)StableHash.Of(known.Value) : 0);

    // Of the bytes, not of the text: base64url has several texts for some bytes.
    private static ulong KeyOf(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes);

    private static ushort HashOf(Sku sku) => (ushort)StableHash.Of(sku.Value);
}
