using System.Collections.Concurrent;
using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>One thing that is selected.</summary>
/// <param name="Name">What it is called in the result.</param>
/// <param name="Expression">The expression as read.</param>
/// <param name="Source">The expression as written.</param>
internal sealed record Selected(string Name, Expression Expression, string Source);

/// <summary>One thing to order by: a property of the item.</summary>
internal sealed record Ordered(
    Expression Expression, string Source, string[] Path, bool Descending);

/// <summary>
/// A query, read once and kept: the same texts come again and again. Immutable, so any thread may
/// use it.
/// </summary>
internal sealed class QueryText
{
    /// <summary>Texts that differ in a literal fill the cache; then it starts anew.</summary>
    private const int CacheLimit = 2048;

    private static readonly ConcurrentDictionary<string, QueryText> Cache =
        new(StringComparer.Ordinal);

    private static readonly Dictionary<string, SqlValue> NoParameters = [];

    private QueryText(ExpressionParser parser, string text)
    {
        var select = parser.Position;
        SkipTo(parser, "FROM");
        parser.TakeWord("FROM");
        Alias = parser.Alias = ReadFrom(parser);
        var rest = parser.Position;

        parser.Position = select;
        parser.TakeWord("SELECT");
        ReadSelect(parser, text);
        if (!parser.Current.IsWord("FROM"))
        {
            throw parser.Error("FROM is missing");
        }

        AggregateCount = parser.Aggregates;
        parser.Position = rest;
        if (parser.TryTakeWord("WHERE"))
        {
            (Where, WhereSource) = Read(parser, text);
        }

        if (parser.Current.IsWord("GROUP"))
        {
            throw GatewayException.NotSpoken("GROUP BY");
        }

        ReadOrder(parser, text);
        if (parser.TryTakeWord("OFFSET"))
        {
            Offset = parser.ReadCount();
            parser.TakeWord("LIMIT");
            Limit = parser.ReadCount();
        }

        parser.TryTake(";");
        if (parser.Current.Kind != TokenKind.End)
        {
            throw parser.Error($"'{parser.Current.Text}' was not expected");
        }

        if (AggregateCount > 0 && (Value is null || Order.Count > 0 || Offset is not null
            || parser.Aggregates > AggregateCount))
        {
            throw GatewayException.NotSpoken("aggregates other than SELECT VALUE of them");
        }
    }

    public string Alias { get; }

    /// <summary>Null where all is selected, or a list.</summary>
    public Selected? Value { get; private set; }

    /// <summary>Empty where all is selected, or a value.</summary>
    public IReadOnlyList<Selected> List { get; private set; } = [];

    public int AggregateCount { get; }

    public Expression? Top { get; private set; }

    public Expression? Where { get; }

    public string WhereSource { get; } = "";

    public IReadOnlyList<Ordered> Order { get; private set; } = [];

    public Expression? Offset { get; }

    public Expression? Limit { get; }

    /// <exception cref="GatewayException">A syntax error, or a part that is not spoken
    /// here.</exception>
    public static QueryText Parse(string text)
    {
        if (Cache.TryGetValue(text, out var known))
        {
            return known;
        }

        var query = new QueryText(new ExpressionParser(text, Lexer.Read(text)), text);
        if (Cache.Count >= CacheLimit)
        {
            Cache.Clear();
        }

        Cache[text] = query;
        return query;
    }

    /// <summary>A condition of a patch: "from c where …".</summary>
    public static QueryText OfCondition(string condition) => Parse("SELECT * " + condition);

    public bool Matches(StoredItem item) => Matches(SqlValue.Of(item.Root), NoParameters);

    public bool Matches(SqlValue item, IReadOnlyDictionary<string, SqlValue> parameters) =>
        Where is null || new Evaluation(item, parameters).Of(Where).IsTrue;

    private static void SkipTo(ExpressionParser parser, string keyword)
    {
        var depth = 0;
        while (depth > 0 || !parser.Current.IsWord(keyword))
        {
            if (parser.Current.Kind == TokenKind.End)
            {
                throw parser.Error($"{keyword} is missing");
            }

            depth += parser.Take() switch
            {
                { Kind: TokenKind.Symbol, Text: "(" or "[" or "{" } => 1,
                { Kind: TokenKind.Symbol, Text: ")" or "]" or "}" } => -1,
                _ => 0,
            };
        }
    }

    private static string ReadFrom(ExpressionParser parser)
    {
        var source = parser.Take();
        if (source.Kind != TokenKind.Word || parser.Current.Is(".") || parser.Current.Is("["))
        {
            throw GatewayException.NotSpoken("FROM of anything but the container");
        }

        parser.TryTakeWord("AS");
        if (parser.Current.IsWord("IN") || parser.Current.IsWord("JOIN"))
        {
            throw GatewayException.NotSpoken("FROM … IN, and JOIN");
        }

        var isAlias = parser.Current.Kind == TokenKind.Word && !parser.Current.IsWord("WHERE")
            && !parser.Current.IsWord("ORDER") && !parser.Current.IsWord("OFFSET")
            && !parser.Current.IsWord("GROUP");
        var alias = isAlias ? parser.Take().Text : source.Text;
        return parser.Current.IsWord("JOIN") || parser.Current.Is(",")
            ? throw GatewayException.NotSpoken("JOIN")
            : alias;
    }

    private void ReadSelect(ExpressionParser parser, string text)
    {
        if (parser.Current.IsWord("DISTINCT"))
        {
            throw GatewayException.NotSpoken("DISTINCT");
        }

        if (parser.TryTakeWord("TOP"))
        {
            Top = parser.ReadCount();
        }

        if (parser.TryTake("*"))
        {
            return;
        }

        if (parser.TryTakeWord("VALUE"))
        {
            var (expression, source) = Read(parser, text);
            Value = new Selected("", expression, source);
            return;
        }

        var list = new List<Selected>();
        do
        {
            var (expression, source) = Read(parser, text);
            var isNamed = parser.TryTakeWord("AS")
                || (parser.Current.Kind == TokenKind.Word && !parser.Current.IsWord("FROM"));
            var name = isNamed ? parser.Take().Text
                : expression is PropertyOf path ? path.Name
                : $"${list.Count(selected => selected.Name.StartsWith('$')) + 1}";
            list.Add(new Selected(name, expression, source));
        }
        while (parser.TryTake(","));

        List = list;
    }

    private void ReadOrder(ExpressionParser parser, string text)
    {
        if (!parser.TryTakeWord("ORDER"))
        {
            return;
        }

        parser.TakeWord("BY");
        var order = new List<Ordered>();
        do
        {
            var (expression, source) = Read(parser, text);
            var isDescending = parser.TryTakeWord("DESC");
            if (!isDescending)
            {
                parser.TryTakeWord("ASC");
            }

            var path = PathOf(expression) is { Length: > 0 } found
                ? found
                : throw GatewayException.NotSpoken($"ORDER BY {source}, which is no property");
            order.Add(new Ordered(expression, source, path, isDescending));
        }
        while (parser.TryTake(","));

        Order = order;
    }

    /// <summary>The names from the item to a property, or null for any other
    /// expression.</summary>
    public static string[]? PathOf(Expression expression) => expression switch
    {
        Item => [],
        PropertyOf path when PathOf(path.Of) is { } outer => [.. outer, path.Name],
        _ => null,
    };

    private static (Expression Expression, string Source) Read(ExpressionParser parser, string text)
    {
        var start = parser.Current.Start;
        var expression = parser.Read();
        return (expression, text[start..parser.LastEnd]);
    }
}
