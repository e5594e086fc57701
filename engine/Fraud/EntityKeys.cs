using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net;
using System.Runtime.InteropServices;

namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// Who is behind a request, as 64 bits each that are the same in every process; 0 where unknown.
/// The counters and lists know nobody by more than these.
/// </summary>
/// <remarks>
/// An IPv6 address stands for its /64, which is one household's or one machine's: whoever has
/// one has 2^64 of them. An e-mail stands for its mailbox: case, a <c>+tag</c> and, at Gmail,
/// dots make no difference.
/// </remarks>
internal readonly struct EntityKeys
{
    private const int MailLength = 320;

    private EntityKeys(ScreeningRequest request)
    {
        Card = Of(request.Card);
        Ip = OfIp(request.Ip);
        Device = Of(request.Device);
        (Email, EmailDomain) = OfEmail(request.Email);
        Account = Of(request.Account);
        Terminal = Of(request.Terminal);
        Address = OfAddress(request.ShippingCountry, request.ShippingPostalCode);
    }

    public ulong Card { get; }
    public ulong Ip { get; }
    public ulong Device { get; }
    public ulong Email { get; }
    public ulong EmailDomain { get; }
    public ulong Account { get; }
    public ulong Terminal { get; }
    public ulong Address { get; }

    public ulong this[FraudEntity entity] => entity switch
    {
        FraudEntity.Card => Card,
        FraudEntity.Ip => Ip,
        FraudEntity.Device => Device,
        FraudEntity.Email => Email,
        FraudEntity.Account => Account,
        _ => Terminal,
    };

    public static EntityKeys Of(ScreeningRequest request) => new(request);

    /// <summary>The key of an entity that is written in a list.</summary>
    public static ulong OfListed(FraudEntity entity, string text) => entity switch
    {
        FraudEntity.Ip => OfIp(text),
        // A domain is listed as @example.org.
        FraudEntity.Email when text.StartsWith('@') => OfEmail(text).Domain,
        FraudEntity.Email => OfEmail(text).Mailbox,
        _ => Of(text),
    };

    public static ulong Of(ReadOnlySpan<char> text) =>
        text.IsEmpty ? 0 : XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text));

    private static ulong OfIp(string? text)
    {
        if (string.IsNullOrEmpty(text)) return 0;
        Span<byte> bytes = stackalloc byte[16];
        if (!IPAddress.TryParse(text, out var address)
            || !address.TryWriteBytes(bytes, out var length))
        {
            return Of(text);
        }
        // The same machine whether its address came through IPv4 or as ::ffff:192.0.2.1.
        var isVersion4 = length == 4 || address.IsIPv4MappedToIPv6;
        var value = isVersion4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - 4)..length])
            : BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return XxHash3.HashToUInt64(
            MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in value)), isVersion4 ? 4 : 6);
    }

    private static (ulong Mailbox, ulong Domain) OfEmail(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty || text.Length > MailLength) return (Of(text), 0);
        Span<char> plain = stackalloc char[MailLength];
        var length = text.ToLowerInvariant(plain);
        var mail = plain[..length];
        var at = mail.LastIndexOf('@');
        if (at < 0) return (Of(mail), 0);
        var domain = mail[at..];
        if (domain is "@googlemail.com") domain = "@gmail.com".ToCharArray();
        var name = mail[..at];
        var tag = name.IndexOf('+');
        if (tag > 0) name = name[..tag];
        if (domain is "@gmail.com") name = WithoutDots(name);
        var seed = Of(domain);
        return (XxHash3.HashToUInt64(MemoryMarshal.AsBytes<char>(name), (long)seed), seed);
    }

    private static Span<char> WithoutDots(Span<char> name)
    {
        var length = 0;
        foreach (var c in name)
            if (c != '.') name[length++] = c;
        return name[..length];
    }

    private static ulong OfAddress(string? country, string? postalCode) =>
        country is null && postalCode is null ? 0
            : XxHash3.HashToUInt64(
                MemoryMarshal.AsBytes(postalCode.AsSpan()), (long)Of(country.AsSpan()));
}
