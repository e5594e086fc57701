using System.IO.Compression;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// Reads the public forms in which splits are passed on, gzip-compressed or not. Ids are texts;
/// items are numbered in the order in which they first occur, training part first. The forms, told
/// apart by their first line:
/// <list type="bullet">
/// <item>a table with the columns <c>SessionId</c>, <c>ItemId</c>, <c>Time</c>, or as other public
/// files name them;</item>
/// <item><c>items TAB target</c>, one question a line;</item>
/// <item><c>user item item …</c> for protocols that ask by user, and <c>item item …</c>, one
/// session a line, for next items.</item>
/// </list>
/// </summary>
public sealed class SplitFiles
{
    private readonly EvaluationProtocol _protocol;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _items = [];

    private SplitFiles(EvaluationProtocol protocol) => _protocol = protocol;

    /// <summary>Reads a split.</summary>
    /// <param name="protocol">What is asked; a file of questions makes it ask for their last item.
    /// </param>
    /// <param name="train">The training part's file.</param>
    /// <param name="test">The other part's; null to cut it from the training part.</param>
    /// <param name="seed">Of such a cut.</param>
    /// <returns>The split and the items' ids by their number.</returns>
    /// <exception cref="FormatException">A line that cannot be understood.</exception>
    public static (EvaluationSplit Split, IReadOnlyList<string> Items) Read(
        EvaluationProtocol protocol, string train, string? test = null, int seed = 1)
    {
        using var trainFile = Open(train);
        if (test is null) return Read(protocol, trainFile, null, seed);
        using var testFile = Open(test);
        return Read(protocol, trainFile, testFile, seed);
    }

    /// <inheritdoc cref="Read(EvaluationProtocol, string, string?, int)"/>
    public static (EvaluationSplit Split, IReadOnlyList<string> Items) Read(
        EvaluationProtocol protocol, TextReader train, TextReader? test, int seed = 1)
    {
        var files = new SplitFiles(protocol);
        var known = files.Read(train);
        var asked = test is null ? null : files.Read(test);
        var itemCount = files._items.Count;
        var byUser = protocol is not NextItemProtocol;
        var split = asked is null
            ? protocol.Cut(Histories.Of(known.Lists, itemCount), seed)
            : files.ProtocolFor(asked).Split(
                Histories.Of(known.Lists, itemCount),
                Histories.Of(byUser ? Align(known, asked) : asked.Lists, itemCount));
        return (split, files._items);
    }

    /// <summary>Reads all sessions of files of one shop, for a replay; their items have the same
    /// numbers.</summary>
    /// <exception cref="FormatException">A line that cannot be understood.</exception>
    public static Histories ReadSessions(params ReadOnlySpan<string> paths)
    {
        var files = new SplitFiles(new NextItemProtocol());
        var lists = new List<List<HistoryEntry>>();
        foreach (var path in paths)
        {
            using var file = Open(path);
            lists.AddRange(files.Read(file).Lists);
        }
        return Histories.Of(lists, files._items.Count);
    }

    private static StreamReader Open(string path)
    {
        var stream = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[2];
        var isGzip = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2
            && magic is [0x1f, 0x8b];
        stream.Position = 0;
        return new(isGzip ? new GZipStream(stream, CompressionMode.Decompress) : stream);
    }

    private EvaluationProtocol ProtocolFor(Part asked) =>
        asked.IsQuestions && _protocol is NextItemProtocol next
            ? next with { LastOnly = true } : _protocol;

    /// <summary>Puts the users to ask for in the order of the known ones, who may be more.
    /// </summary>
    private static List<List<HistoryEntry>> Align(Part known, Part asked)
    {
        var lists = known.Names.Select(_ => new List<HistoryEntry>()).ToList();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < known.Names.Count; i++) numbers[known.Names[i]] = i;
        for (var i = 0; i < asked.Names.Count; i++)
        {
            if (!numbers.TryGetValue(asked.Names[i], out var user))
                throw new FormatException($"User '{asked.Names[i]}' is not in the training part.");
            lists[user].AddRange(asked.Lists[i]);
        }
        return lists;
    }

    private Part Read(TextReader file)
    {
        var first = file.ReadLine() ?? throw new FormatException("The file is empty.");
        if (SessionTable.Of(first, mustBe: _protocol is NextItemProtocol) is { } table)
            return table.Read(file, Number);
        var part = new Part([], [], first.Contains('\t', StringComparison.Ordinal));
        for (var line = first; line is not null; line = file.ReadLine())
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            var hasUser = _protocol is not NextItemProtocol;
            part.Names.Add(hasUser ? words[0] : "");
            part.Lists.Add([.. words.Skip(hasUser ? 1 : 0).Select(id =>
                new HistoryEntry(Number(id)))]);
        }
        return part;
    }

    private int Number(string id)
    {
        if (_numbers.TryGetValue(id, out var number)) return number;
        _numbers.Add(id, _items.Count);
        _items.Add(id);
        return _items.Count - 1;
    }

    /// <summary>A file's users or sessions.</summary>
    internal sealed record Part(
        List<string> Names, List<List<HistoryEntry>> Lists, bool IsQuestions);
}
