using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>A page of results.</summary>
/// <param name="Body">The feed, as JSON.</param>
/// <param name="Count">How many results.</param>
/// <param name="Continuation">Null after the last page.</param>
/// <param name="Charge">In request units.</param>
internal sealed record QueryPage(byte[] Body, int Count, string? Continuation, double Charge);

/// <summary>
/// Answers a query over the items of one physical partition, or of one key in it: selects, orders,
/// goes on where the page before ended, and writes the next page. Under the partition's gate.
/// </summary>
internal sealed class QueryRun(QueryRequest request, string rid)
{
    /// <summary>Largest page, in bytes.</summary>
    private const int PageBytes = 4 * 1024 * 1024;

    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly QueryText _text = request.Text;

    private readonly record struct Match(StoredItem Item, SqlValue Value, SqlValue[] Keys);

    /// <param name="items">Those that the query is about, in any order.</param>
    /// <param name="continuation">Of the page before, or null.</param>
    /// <param name="pageSize">Most results of a page, at least 1.</param>
    public QueryPage Page(IEnumerable<StoredItem> items, string? continuation, int pageSize)
    {
        var matches = Select(items);
        if (_text.AggregateCount > 0)
        {
            return Aggregated(matches);
        }

        matches.Sort(Compare);
        if (request.Resume is { } resume)
        {
            matches.RemoveAll(match => !IsToCome(match, resume));
        }

        var from = continuation is null
            ? null
            : QueryContinuation.Parse(continuation, _text.Order.Count);
        var at = from is null
            ? request.Count(_text.Offset) ?? 0
            : matches.FindIndex(match => IsAfter(match, from)) is >= 0 and var next
                ? next
                : matches.Count;
        var taken = from?.Taken ?? 0;
        var most = Math.Min(
            request.Count(_text.Top) ?? int.MaxValue, request.Count(_text.Limit) ?? int.MaxValue);

        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer, Writing);
        Begin(writer);
        var (count, loaded, bytes) = (0, 0, 0L);
        for (; at < matches.Count && count < pageSize && taken < most; at++)
        {
            var item = matches[at].Item;
            if (loaded > 0 && bytes + item.Json.Length > PageBytes)
            {
                break;
            }

            count += Write(matches[at], writer) ? 1 : 0;
            taken++;
            loaded++;
            bytes += item.Json.Length;
        }

        End(writer, count);
        var hasMore = at < matches.Count && taken < most;
        var last = at > 0 ? matches[Math.Min(at, matches.Count) - 1] : default;
        return new QueryPage(
            buffer.WrittenSpan.ToArray(),
            count,
            hasMore ? new QueryContinuation(last.Keys, last.Item.Number, taken).ToString() : null,
            RequestCharges.Query(loaded, bytes));
    }

    private List<Match> Select(IEnumerable<StoredItem> items)
    {
        var matches = new List<Match>();
        foreach (var item in items)
        {
            var value = SqlValue.Of(item.Root);
            if (_text.Matches(value, request.Parameters))
            {
                var keys = new SqlValue[_text.Order.Count];
                for (var i = 0; i < keys.Length; i++)
                {
                    keys[i] = new Evaluation(value, request.Parameters)
                        .Of(_text.Order[i].Expression);
                }

                matches.Add(new Match(item, value, keys));
            }
        }

        return matches;
    }

    private int Compare(Match left, Match right) =>
        Compare(left.Keys, left.Item.Number, right.Keys, right.Item.Number);

    private bool IsAfter(Match match, QueryContinuation from) =>
        Compare(match.Keys, match.Item.Number, from.Keys, from.Number) > 0;

    private bool IsToCome(Match match, QueryResume resume)
    {
        var byKeys = CompareKeys(match.Keys, resume.Keys);
        return byKeys != 0 ? byKeys > 0
            : !resume.Excludes && (resume.Number is not { } number
                || CompareNumbers(match.Item.Number, number) >= 0);
    }

    /// <summary>Equal keys go by the items' numbers, in the direction of the first key: so the SDK
    /// expects it when it resumes.</summary>
    private int Compare(SqlValue[] left, ulong leftNumber, SqlValue[] right, ulong rightNumber)
    {
        var byKeys = CompareKeys(left, right);
        return byKeys != 0 ? byKeys : CompareNumbers(leftNumber, rightNumber);
    }

    private int CompareKeys(SqlValue[] left, SqlValue[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            var order = SqlValue.Compare(left[i], right[i]);
            if (order != 0)
            {
                return _text.Order[i].Descending ? -order : order;
            }
        }

        return 0;
    }

    private int CompareNumbers(ulong left, ulong right) =>
        _text.Order is [{ Descending: true }, ..] ? right.CompareTo(left) : left.CompareTo(right);

    private bool Write(Match match, Utf8JsonWriter writer)
    {
        var evaluation = new Evaluation(match.Value, request.Parameters);
        if (_text.Value is { } selected)
        {
            var value = evaluation.Of(selected.Expression);
            if (value.Type == SqlType.Undefined)
            {
                return false;
            }

            value.Write(writer);
            return true;
        }

        if (_text.List.Count == 0)
        {
            writer.WriteRawValue(match.Item.Json, skipInputValidation: true);
            return true;
        }

        writer.WriteStartObject();
        foreach (var (name, expression, _) in _text.List)
        {
            var value = evaluation.Of(expression);
            if (value.Type != SqlType.Undefined)
            {
                writer.WritePropertyName(name);
                value.Write(writer);
            }
        }

        writer.WriteEndObject();
        return true;
    }

    private QueryPage Aggregated(List<Match> matches)
    {
        var sums = new Aggregates(_text);
        foreach (var match in matches)
        {
            sums.Add(match.Value, request.Parameters);
        }

        var value = new Evaluation(SqlValue.Undefined, request.Parameters, sums.Results())
            .Of(_text.Value!.Expression);
        var count = value.Type == SqlType.Undefined ? 0 : 1;
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, Writing);
        Begin(writer);
        if (count == 1)
        {
            value.Write(writer);
        }

        End(writer, count);
        var bytes = matches.Sum(match => (long)match.Item.Json.Length);
        return new QueryPage(
            buffer.WrittenSpan.ToArray(), count, null, RequestCharges.Query(matches.Count, bytes));
    }

    private void Begin(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("_rid"u8, rid);
        writer.WriteStartArray("Documents"u8);
    }

    private static void End(Utf8JsonWriter writer, int count)
    {
        writer.WriteEndArray();
        writer.WriteNumber("_count"u8, count);
        writer.WriteEndObject();
        writer.Flush();
    }
}
