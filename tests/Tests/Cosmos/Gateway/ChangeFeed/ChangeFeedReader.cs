using System.Buffers;
using System.Globalization;
using System.Text.Json;
using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.ChangeFeed;

/// <summary>A page of changes.</summary>
/// <param name="Body">Null when nothing is new.</param>
/// <param name="Count">How many changes.</param>
/// <param name="ETag">Where the next page begins.</param>
/// <param name="Charge">In request units.</param>
internal sealed record ChangePage(byte[]? Body, int Count, string ETag, double Charge);

/// <summary>
/// The change feed in its latest-version mode: of each item that changed its newest version, in the
/// order of the changes. What one transaction changed is never cut in two, even where a page gets
/// longer than was asked for. Under the partition's gate.
/// </summary>
internal static class ChangeFeedReader
{
    private const int DefaultPage = 100;

    /// <param name="message">Says from where, and how many.</param>
    /// <param name="changes">The range's items that are alive, by number of change.</param>
    /// <param name="lsn">The last change that the replica has seen.</param>
    /// <param name="rid">Of the container.</param>
    /// <exception cref="GatewayException">A continuation that is none of this
    /// feed's.</exception>
    public static ChangePage Read(
        GatewayMessage message, IEnumerable<StoredItem> changes, long lsn, string rid)
    {
        if (message.Header(HeaderNames.IncrementalFeed) is not "Incremental feed"
            and not "Incremental Feed" and var mode)
        {
            throw GatewayException.NotSpoken($"the change feed mode '{mode}'");
        }

        var (after, since) = Start(message, lsn);
        var page = Page(
            changes.Where(item => item.Lsn > after && item.Timestamp >= since),
            message.Number(HeaderNames.MaxItemCount) is > 0 and var size ? size : DefaultPage);
        if (page.Count == 0)
        {
            return new ChangePage(
                null, 0, Continuation(Math.Max(after, lsn)), RequestCharges.NothingNew);
        }

        return new ChangePage(
            Write(page, rid),
            page.Count,
            Continuation(page[^1].Lsn),
            RequestCharges.Changes(page.Count, page.Sum(item => (long)item.Json.Length)));
    }

    /// <summary>The changes after a number, found from the newest back: readers are near the
    /// end.</summary>
    public static IEnumerable<StoredItem> After(LinkedList<StoredItem> changes, long lsn)
    {
        var at = changes.Last;
        while (at is not null && at.Value.Lsn > lsn)
        {
            at = at.Previous;
        }

        for (at = at is null ? changes.First : at.Next; at is not null; at = at.Next)
        {
            yield return at.Value;
        }
    }

    /// <summary>The number of the last change that the reader has; 0 from the
    /// beginning.</summary>
    public static long AfterOf(GatewayMessage message, long lsn) =>
        message.Header(HeaderNames.IfNoneMatch) switch
        {
            null => 0,
            "*" => lsn,
            var text when long.TryParse(
                text.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var known) =>
                known,
            var text => throw GatewayException.BadRequest(
                $"{text} is no continuation of a change feed."),
        };

    private static (long After, long Since) Start(GatewayMessage message, long lsn)
    {
        if (message.Header(HeaderNames.IfNoneMatch) is not null
            || message.Header(HeaderNames.IfModifiedSince) is not { } date)
        {
            return (AfterOf(message, lsn), 0);
        }

        return DateTimeOffset.TryParseExact(
            date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
            ? (0, since.ToUnixTimeSeconds())
            : throw GatewayException.BadRequest($"If-Modified-Since is '{date}', no date.");
    }

    private static List<StoredItem> Page(IEnumerable<StoredItem> changes, int size)
    {
        var page = new List<StoredItem>();
        foreach (var item in changes)
        {
            if (page.Count >= size && item.Lsn != page[^1].Lsn)
            {
                break;
            }

            page.Add(item);
        }

        return page;
    }

    private static byte[] Write(List<StoredItem> page, string rid)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("_rid"u8, rid);
        writer.WriteStartArray("Documents"u8);
        foreach (var item in page)
        {
            writer.WriteStartObject();
            foreach (var property in item.Root.EnumerateObject())
            {
                property.WriteTo(writer);
            }

            writer.WriteNumber("_lsn"u8, item.Lsn);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("_count"u8, page.Count);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static string Continuation(long lsn) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{lsn}\"");
}
