using System.Globalization;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// Clicks with their times, one a line below a heading that names the columns, in any order and
/// beside others; separated by tabs, semicolons, commas or spaces. Times are Unix seconds, Unix
/// milliseconds (from 100,000,000,000 on, which in seconds is the year 5138) or ISO 8601. Within a
/// session clicks are put into the order of their times, and sessions into that of their ends.
/// </summary>
internal sealed class SessionTable
{
    private const double FirstMilliseconds = 1e11;

    // As the public files name them, without case and underscores; the first that is there counts.
    private static readonly string[] SessionNames =
        ["sessionid", "session", "usersession", "visitorid", "userid", "user", "customerid"];

    private static readonly string[] ItemNames = ["itemid", "item", "productid", "product", "sku"];

    private static readonly string[] TimeNames =
        ["time", "timestamp", "ts", "eventtime", "datetime", "unixtimestamp"];

    private readonly char _separator;
    private readonly int _session;
    private readonly int _item;
    private readonly int _time;

    private SessionTable(char separator, int session, int item, int time) =>
        (_separator, _session, _item, _time) = (separator, session, item, time);

    /// <summary>Takes a file's first line for the heading of a table.</summary>
    /// <param name="line">The line.</param>
    /// <param name="mustBe">Whether a line of several cells can be nothing else.</param>
    /// <returns>Null where it is no heading: a line of items, as other forms have.</returns>
    /// <exception cref="FormatException">It is a heading, but a column is missing.</exception>
    public static SessionTable? Of(string line, bool mustBe)
    {
        var separator = SeparatorOf(line);
        var names = line.Split(separator).Select(Simplify).ToList();
        var columns = new[] { SessionNames, ItemNames, TimeNames }
            .Select(usual => Array.Find(usual, names.Contains) is { } name
                ? names.IndexOf(name) : -1).ToList();
        var known = columns.Count(column => column >= 0);
        var isTable = separator switch
        {
            // Between spaces are items, of which one may well be called so.
            ' ' => known > 1,
            '\t' => known > 0 || (mustBe && names.Count > 2),
            _ => true,
        };
        if (!isTable) return null;
        if (columns.Contains(-1))
        {
            throw new FormatException("A table of clicks begins with a heading that names the " +
                "columns SessionId, ItemId and Time (or visitorid, product_id, timestamp and the " +
                $"like); this one begins with '{Shorten(line)}'.");
        }
        return new(separator, columns[0], columns[1], columns[2]);
    }

    /// <summary>Reads the sessions.</summary>
    /// <param name="file">Behind its heading.</param>
    /// <param name="number">Numbers an item's id.</param>
    /// <exception cref="FormatException">A line that is no click.</exception>
    public SplitFiles.Part Read(TextReader file, Func<string, int> number)
    {
        var sessions = new Dictionary<string, List<HistoryEntry>>(StringComparer.Ordinal);
        var last = Math.Max(_session, Math.Max(_item, _time));
        while (file.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            var cells = line.Split(_separator);
            if (cells.Length <= last || TimeOf(cells[_time]) is not { } time)
                throw new FormatException(
                    $"Not a session, an item and a time: '{Shorten(line)}'.");
            if (!sessions.TryGetValue(cells[_session], out var clicks))
                sessions.Add(cells[_session], clicks = []);
            clicks.Add(new(number(cells[_item]), Time: time));
        }
        var ordered = sessions
            .Select(session => (session.Key, Clicks: session.Value.OrderBy(c => c.Time).ToList()))
            .OrderBy(session => session.Clicks[^1].Time).ToList();
        return new([.. ordered.Select(session => session.Key)],
            [.. ordered.Select(session => session.Clicks)], IsQuestions: false);
    }

    private static char SeparatorOf(string line) =>
        line.Contains('\t', StringComparison.Ordinal) ? '\t'
        : line.Contains(';', StringComparison.Ordinal) ? ';'
        : line.Contains(',', StringComparison.Ordinal) ? ',' : ' ';

    private static string Simplify(string name) => name.Trim().Trim('"')
        .Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)
        .ToLowerInvariant();

    private static string Shorten(string line) => line.Length <= 80 ? line : line[..80] + "…";

    private static double? TimeOf(string text)
    {
        if (double.TryParse(
            text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return !double.IsFinite(number) ? null
                : number >= FirstMilliseconds ? number / 1_000 : number;
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var time)
            ? (time - DateTimeOffset.UnixEpoch).TotalSeconds : null;
    }
}
