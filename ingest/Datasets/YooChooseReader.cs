using System.Globalization;
using System.Runtime.InteropServices;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>
/// YooChoose clicks (<c>SessionId ItemId Time</c>, tab-separated, Unix seconds with a fraction):
/// each a <c>view_item</c>. The file is grouped by session, so it is read whole, at most
/// <see cref="DatasetFormat.SortedRowLimit"/> rows, and sorted by time, then line. Bad rows come
/// first, while it is read. A click's id is its session and its number within it by time, so that
/// a click that occurs twice is two.
/// </summary>
internal static class YooChooseReader
{
    private const int SessionId = 0;
    private const int ItemId = 1;
    private const int Time = 2;

    private readonly record struct Click(DateTimeOffset Time, long Session, long Item, int Line);

    public static IEnumerable<DatasetRow> Read(Stream text)
    {
        var clicks = new List<Click>();
        using (var table = new TableReader(
            text, '\t', quotes: false, "SessionId", "ItemId", "Time"))
        {
            while (table.Read())
            {
                if (!TryRead(table, out var click))
                {
                    yield return DatasetRow.Bad(table.Line, table.Problem!);
                    continue;
                }
                if (clicks.Count == DatasetFormat.SortedRowLimit)
                {
                    throw new InvalidDataException($"More than {clicks.Count} clicks, which must " +
                        "be sorted in memory; cut the file into several, by session.");
                }
                clicks.Add(click);
            }
        }
        clicks.Sort((a, b) => a.Time != b.Time
            ? a.Time.CompareTo(b.Time) : a.Line.CompareTo(b.Line));
        var counts = new Dictionary<long, int>();
        foreach (var click in clicks)
        {
            var number = ++CollectionsMarshal.GetValueRefOrAddDefault(
                counts, click.Session, out _);
            yield return DatasetRow.Good(click.Line, ToEvent(click, number));
        }
    }

    private static bool TryRead(TableReader table, out Click click)
    {
        click = default;
        if (table.Problem is not null
            || !table.TryWhole(SessionId, out var session)
            || !table.TryWhole(ItemId, out var item)
            || !table.TryUnixTime(Time, TimeSpan.TicksPerSecond, out var time))
        {
            return false;
        }
        click = new(time, session, item, (int)table.Line);
        return true;
    }

    private static CommerceEvent ToEvent(in Click click, int number)
    {
        var session = click.Session.ToString(CultureInfo.InvariantCulture);
        return new()
        {
            Id = new EventId(string.Create(CultureInfo.InvariantCulture, $"{session}/{number}")),
            Source = "/dataset/yoochoose",
            Name = EventName.ViewItem,
            Time = click.Time,
            Visitor = new VisitorId($"yoochoose-{session}"),
            Session = new SessionId(session),
            Channel = "web",
            Lines = [new(new Sku(click.Item.ToString(CultureInfo.InvariantCulture)), 1)],
        };
    }
}
