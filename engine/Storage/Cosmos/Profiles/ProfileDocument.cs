using StreamCommerce.Engine.Profiles;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Cosmos.Profiles;

/// <summary>A visitor's profile, the only document of its partition.</summary>
internal sealed record ProfileDocument
{
    /// <summary>The visitor, escaped: also the partition key.</summary>
    public required string Id { get; init; }

    /// <summary>By partition of the log, the offset below which everything is in or forgotten.
    /// No partition comes to 2^53 events, where JSON numbers end.</summary>
    public required IReadOnlyDictionary<int, long> Next { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<Done> Interactions { get; init; }

    /// <summary>Seconds from its last write until it ends by itself.</summary>
    public required int Ttl { get; init; }

    /// <summary>Something the visitor did. The names are short, since there are fifty of them.
    /// </summary>
    internal sealed record Done
    {
        public required DateTime At { get; init; }

        public required string Sku { get; init; }

        public required EventName Name { get; init; }

        public ushort? Tag { get; init; }
    }

    public VisitorProfile ToProfile() => new()
    {
        Next = Next,
        Interactions = [.. Interactions.Select(one => new ProductInteraction(
            one.At.Ticks, new(one.Sku), one.Name, one.Tag ?? 0))],
    };

    public static string IdOf(VisitorId visitor) => DocumentId.Of(visitor.Value);

    public static ProfileDocument Of(string id, VisitorProfile profile, TimeSpan lifetime) => new()
    {
        Id = id,
        Next = profile.Next,
        Interactions = [.. profile.Interactions.Select(one => new Done
        {
            At = new(one.Ticks, DateTimeKind.Utc),
            Sku = one.Product.Value,
            Name = one.Name,
            Tag = one.Session == 0 ? null : one.Session,
        })],
        Ttl = (int)lifetime.TotalSeconds,
    };
}
