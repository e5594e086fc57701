using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>
/// Tells a client how to spread a query over physical partitions: what to ask each, and what to do
/// with the answers. Ordered queries answer with their keys beside each result, so that the client
/// can merge; where it resumes, it puts a filter in the place that the plan leaves for it.
/// </summary>
internal static class QueryPlan
{
    private const string FilterPlace = "{documentdb-formattableorderbyquery-filter}";

    private static readonly Dictionary<string, string> AggregateNames =
        new(StringComparer.Ordinal)
        {
            ["COUNT"] = "Count",
            ["SUM"] = "Sum",
            ["MIN"] = "Min",
            ["MAX"] = "Max",
        };

    public static JsonObject Describe(QueryRequest request, ContainerDefinition definition)
    {
        var text = request.Text;
        var (top, offset, limit) = (
            request.Count(text.Top), request.Count(text.Offset), request.Count(text.Limit));
        var aggregate = text.AggregateCount == 0 ? null
            : text.Value!.Expression as Aggregate
            ?? throw GatewayException.NotSpoken("an expression over aggregates, over partitions");
        return new JsonObject
        {
            ["partitionedQueryExecutionInfoVersion"] = 2,
            ["queryInfo"] = new JsonObject
            {
                ["distinctType"] = "None",
                ["top"] = top,
                ["offset"] = offset,
                ["limit"] = limit,
                ["orderBy"] = Strings(text.Order.Select(by =>
                    by.Descending ? "Descending" : "Ascending")),
                ["orderByExpressions"] = Strings(text.Order.Select(by => by.Source)),
                ["groupByExpressions"] = new JsonArray(),
                ["groupByAliases"] = new JsonArray(),
                ["aggregates"] = Strings(aggregate is null
                    ? []
                    : [AggregateNames[aggregate.Kind]]),
                ["groupByAliasToAggregateType"] = new JsonObject(),
                ["rewrittenQuery"] = Rewritten(text, aggregate, top, offset, limit),
                ["hasSelectValue"] = text.Value is not null,
                ["hasNonStreamingOrderBy"] = false,
            },
            ["queryRanges"] = new JsonArray(Range(request, definition)),
        };
    }

    /// <summary>Empty where each partition answers the query as it is.</summary>
    private static string Rewritten(
        QueryText text, Aggregate? aggregate, int? top, int? offset, int? limit)
    {
        if (aggregate is null && text.Order.Count == 0 && limit is null)
        {
            return "";
        }

        var query = new StringBuilder("SELECT ");
        if (top is not null)
        {
            query.Append(CultureInfo.InvariantCulture, $"TOP {top} ");
        }

        query.Append(aggregate is not null ? Aggregated(text, aggregate)
            : text.Order.Count > 0 ? Keyed(text)
            : Selected(text));
        query.Append(CultureInfo.InvariantCulture, $"\nFROM {text.Alias}");
        var filter = text.Order.Count == 0 ? text.WhereSource
            : text.Where is null ? $"({FilterPlace})"
            : $"({text.WhereSource}) AND ({FilterPlace})";
        if (filter.Length > 0)
        {
            query.Append(CultureInfo.InvariantCulture, $"\nWHERE ({filter})");
        }

        if (text.Order.Count > 0)
        {
            var order = text.Order.Select(by => by.Source + (by.Descending ? " DESC" : " ASC"));
            query.Append(CultureInfo.InvariantCulture, $"\nORDER BY {string.Join(", ", order)}");
        }

        if (limit is not null)
        {
            // Which of a partition's results are skipped is known only when all are merged.
            var most = Math.Min((long)offset!.Value + limit.Value, int.MaxValue);
            query.Append(CultureInfo.InvariantCulture, $"\nOFFSET 0 LIMIT {most}");
        }

        return query.ToString();
    }

    /// <summary>The least or greatest of nothing is undefined; its count tells the client
    /// so.</summary>
    private static string Aggregated(QueryText text, Aggregate aggregate)
    {
        var source = text.Value!.Source;
        if (aggregate.Kind is not ("MIN" or "MAX"))
        {
            return $"VALUE [{{\"item\": {source}}}]";
        }

        var of = source[(source.IndexOf('(', StringComparison.Ordinal) + 1)..^1];
        var name = aggregate.Kind == "MIN" ? "min" : "max";
        return $"VALUE [{{\"item\": {source}, \"item2\": {{\"{name}\": {source}, "
            + $"\"count\": COUNT({of})}}}}]";
    }

    private static string Keyed(QueryText text)
    {
        var keys = text.Order.Select(by => $"{{\"item\": {by.Source}}}");
        return $"{text.Alias}._rid, [{string.Join(", ", keys)}] AS orderByItems, "
            + $"{Payload(text)} AS payload";
    }

    private static string Payload(QueryText text)
    {
        if (text.Value is { } value)
        {
            return value.Source;
        }

        var properties = text.List.Select(selected =>
            $"{System.Text.Json.JsonSerializer.Serialize(selected.Name)}: {selected.Source}");
        return text.List.Count == 0 ? text.Alias : $"{{{string.Join(", ", properties)}}}";
    }

    private static string Selected(QueryText text) => text.Value is { } value
        ? "VALUE " + value.Source
        : text.List.Count == 0
            ? "*"
            : string.Join(", ", text.List.Select(selected =>
                $"{selected.Source} AS {selected.Name}"));

    /// <summary>All ranges, or one point where the query says which partition key it
    /// means.</summary>
    private static JsonObject Range(QueryRequest request, ContainerDefinition definition)
    {
        var key = KeyOf(request.Text.Where, request, definition.PartitionKeyPath);
        var point = key is null
            ? null
            : EffectivePartitionKey.Text(EffectivePartitionKey.Of(key.Value));
        return new JsonObject
        {
            ["min"] = point ?? "",
            ["max"] = point ?? "FF",
            ["isMinInclusive"] = true,
            ["isMaxInclusive"] = point is not null,
        };
    }

    private static PartitionKeyValue? KeyOf(
        Expression? where, QueryRequest request, IReadOnlyList<string> path) => where switch
        {
            And and => KeyOf(and.Left, request, path) ?? KeyOf(and.Right, request, path),
            Comparison { Operator: "=" } equal =>
                KeyOf(equal.Left, equal.Right, request, path)
                ?? KeyOf(equal.Right, equal.Left, request, path),
            _ => null,
        };

    private static PartitionKeyValue? KeyOf(
        Expression property, Expression value, QueryRequest request, IReadOnlyList<string> path)
    {
        if (value is not (Literal or Parameter)
            || QueryText.PathOf(property) is not { } found || !found.SequenceEqual(path))
        {
            return null;
        }

        var key = new Evaluation(SqlValue.Undefined, request.Parameters).Of(value);
        return key.Type switch
        {
            SqlType.String => new PartitionKeyValue('"' + key.Text),
            SqlType.Number => new PartitionKeyValue(
                key.Number.ToString("R", CultureInfo.InvariantCulture)),
            _ => null,
        };
    }

    private static JsonArray Strings(IEnumerable<string> values) =>
        new([.. values.Select(value => (JsonNode)value)]);
}
