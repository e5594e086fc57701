using System.Buffers;
using System.Text.Json;

namespace StreamCommerce.Ingest.Events;

/// <summary>How the events of a batch are laid out.</summary>
public enum BatchFormat
{
    /// <summary><c>application/cloudevents+json</c>: one event.</summary>
    One,

    /// <summary><c>application/cloudevents-batch+json</c>: a JSON array of events.</summary>
    Array,

    /// <summary><c>application/x-ndjson</c>: one event a line.</summary>
    Lines,
}

/// <summary>An event of a batch that was not taken.</summary>
/// <param name="Index">Its place in the batch, from 0 (empty lines of NDJSON do not count).</param>
/// <param name="Id">Its id, where one could be read.</param>
/// <param name="Problem">Why.</param>
public sealed record RefusedEvent(int Index, string? Id, EventProblem Problem);

/// <summary>An event of a batch that its visitor had sent before in the same batch.</summary>
/// <param name="Index">Its place in the batch, as a refused event's.</param>
/// <param name="Id">Its id.</param>
public sealed record RepeatedEvent(int Index, string Id);

/// <summary>A batch, read and checked event by event.</summary>
/// <param name="Accepted">The valid events, in the batch's order, each of a visitor's ids once.
/// </param>
/// <param name="Refused">Those that are not valid.</param>
/// <param name="Repeated">Those with the source, id and visitor of an earlier one, which counts.
/// </param>
public sealed record EventBatch(
    IReadOnlyList<CommerceEvent> Accepted,
    IReadOnlyList<RefusedEvent> Refused,
    IReadOnlyList<RepeatedEvent> Repeated)
{
    /// <summary>Reads a batch. One bad event does not spoil the others.</summary>
    /// <param name="body">UTF-8, at most <see cref="EventRules.BatchBytesLimit"/>.</param>
    /// <param name="format">Its layout.</param>
    /// <param name="now">The receiver's clock.</param>
    /// <param name="retention">Older events are refused; null where none is too old.</param>
    /// <param name="problem">Why the batch as a whole cannot be read, where the result is null:
    /// it is no JSON, or holds too many events. Nothing of it is taken then.</param>
    public static EventBatch? Read(
        ReadOnlySequence<byte> body,
        BatchFormat format,
        DateTimeOffset now,
        TimeSpan? retention,
        out EventProblem? problem)
    {
        var bytes = body.IsSingleSegment ? body.FirstSpan : body.ToArray();
        var reading = new Reading(now, retention);
        problem = format switch
        {
            BatchFormat.Array => reading.Array(bytes),
            BatchFormat.Lines => reading.Lines(bytes),
            _ => reading.One(bytes),
        };
        return problem is null
            ? new EventBatch(reading.Accepted, reading.Refused, reading.Repeated)
            : null;
    }

    private sealed class Reading(DateTimeOffset now, TimeSpan? retention)
    {
        private readonly HashSet<(string Source, EventId Id, VisitorId Visitor)> _seen = [];
        private int _index;

        public List<CommerceEvent> Accepted { get; } = [];

        public List<RefusedEvent> Refused { get; } = [];

        public List<RepeatedEvent> Repeated { get; } = [];

        public EventProblem? One(ReadOnlySpan<byte> bytes)
        {
            // A single event that is no JSON is a malformed request, not a refused event.
            var problem = CheckJson(bytes, JsonTokenType.StartObject);
            if (problem is null) Take(bytes);
            return problem;
        }

        public EventProblem? Array(ReadOnlySpan<byte> bytes)
        {
            var reader = new Utf8JsonReader(bytes);
            try
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
                    return new("", "A batch must be a JSON array of CloudEvents.");
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (_index == EventRules.BatchCountLimit) return TooMany();
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    Take(bytes[start..(int)reader.BytesConsumed]);
                }
                reader.Read(); // Throws where anything follows the array.
                return null;
            }
            catch (JsonException e)
            {
                return new("", bytes.Trim(" \t\r\n"u8).IsEmpty
                    ? "The body is empty; send a JSON array of CloudEvents."
                    : $"The body {JsonFaults.Describe(e)} It is in event {_index}.");
            }
        }

        public EventProblem? Lines(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var end = bytes.IndexOf((byte)'\n');
                var line = (end < 0 ? bytes : bytes[..end]).Trim(" \t\r"u8);
                bytes = end < 0 ? [] : bytes[(end + 1)..];
                if (line.IsEmpty) continue;
                if (_index == EventRules.BatchCountLimit) return TooMany();
                Take(line);
            }
            return null;
        }

        private void Take(ReadOnlySpan<byte> json)
        {
            var e = CloudEventJson.Read(json, now, retention, out var problem);
            if (e is null) Refused.Add(new(_index, FindId(json), problem!));
            else if (_seen.Add((e.Source, e.Id, e.Visitor))) Accepted.Add(e);
            else Repeated.Add(new(_index, e.Id.Value));
            _index++;
        }

        private static EventProblem? CheckJson(ReadOnlySpan<byte> bytes, JsonTokenType first)
        {
            var reader = new Utf8JsonReader(bytes);
            try
            {
                if (!reader.Read() || reader.TokenType != first)
                    return new("", "The body must be one JSON object, a CloudEvent.");
                reader.Skip();
                reader.Read();
                return null;
            }
            catch (JsonException e)
            {
                return new("", bytes.Trim(" \t\r\n"u8).IsEmpty
                    ? "The body is empty; send one JSON object, a CloudEvent."
                    : $"The body {JsonFaults.Describe(e)}");
            }
        }

        private static string? FindId(ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json);
            try
            {
                while (reader.Read())
                {
                    if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName)
                        continue;
                    var isId = JsonText.TryDecode(ref reader) == "id";
                    reader.Read();
                    if (isId)
                    {
                        return reader.TokenType == JsonTokenType.String
                            ? JsonText.TryDecode(ref reader) : null;
                    }
                    reader.Skip();
                }
            }
            catch (JsonException)
            {
                // A line that is no JSON has no id to report.
            }
            return null;
        }

        private static EventProblem TooMany() => new("",
            $"The batch holds more than {EventRules.BatchCountLimit} events; "
            + "send several batches.");
    }
}
