using System.Globalization;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// Clicks with their times, one a line: <c>SessionId TAB ItemId TAB Time</c>, Unix seconds. Within
/// a session clicks are put into the order of their times, and sessions into that of their ends.
/// </summary>
internal static class SessionTable
{
    /// <param name="file">Behind its heading.</param>
    /// <param name="number">Numbers an item's id.</param>
    public static SplitFiles.Part Read(TextReader file, Func<string, int> number)
    {
        var sessions = new Dictionary<string, List<HistoryEntry>>(StringComparer.Ordinal);
        while (file.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            var cells = line.Split('\t');
            if (cells.Length < 3 || !double.TryParse(
                cells[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var time)
                || !double.IsFinite(time))
                throw new FormatException($"Not a session, an item and a time: '{line}'.");
            if (!sessions.TryGetValue(cells[0], out var clicks))
                sessions.Add(cells[0], clicks = []);
            clicks.Add(new(number(cells[1]), Time: time));
        }
        var ordered = sessions
            .Select(session => (session.Key, Clicks: session.Value.OrderBy(c => c.Time).ToList()))
            .OrderBy(session => session.Clicks[^1].Time).ToList();
        return new([.. ordered.Select(session => session.Key)],
            [.. ordered.Select(session => session.Clicks)], IsQuestions: false);
    }
}
