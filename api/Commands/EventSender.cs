using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using StreamCommerce.Ingest.Events;
using EventId = StreamCommerce.Ingest.Events.EventId;

namespace StreamCommerce.Api.Commands;

/// <summary>An event that the service did not take.</summary>
internal readonly record struct RefusedByService(EventId Id, string Problem);

/// <summary>
/// Sends events to <c>POST /v1/events</c> in batches, one after the other, each until it is
/// acknowledged as durable. A repetition is harmless, as the engine knows an event by its id.
/// One thread at a time; a connection of its own.
/// </summary>
internal sealed class EventSender : IDisposable
{
    /// <summary>Events of a batch.</summary>
    public const int BatchEvents = 500;

    // One more event always fits under the service's limit.
    private const int FullBytes = EventRules.BatchBytesLimit - (2 * EventRules.EventBytesLimit);
    private const string MediaType = "application/cloudevents-batch+json";

    private readonly ServiceConnection _service;
    private readonly ArrayBufferWriter<byte> _body = new(256 * 1024);
    private readonly Utf8JsonWriter _writer;

    public EventSender(ServiceConnection service)
    {
        _service = service;
        _writer = CloudEventJson.NewWriter(_body);
    }

    /// <summary>Sends all of them in order; gives those that were refused.</summary>
    /// <exception cref="CommandFailedException">The service refused a whole batch for another
    /// reason, or was away for too long.</exception>
    public async Task<List<RefusedByService>> SendAsync(
        IReadOnlyList<CommerceEvent> events, CancellationToken ct)
    {
        var refused = new List<RefusedByService>();
        for (var start = 0; start < events.Count;)
        {
            var count = Encode(events, start);
            await SendBatchAsync(events, start, count, refused, ct);
            start += count;
        }
        return refused;
    }

    public void Dispose() => _writer.Dispose();

    private int Encode(IReadOnlyList<CommerceEvent> events, int start)
    {
        _body.ResetWrittenCount();
        var count = 0;
        while (start + count < events.Count && count < BatchEvents
            && _body.WrittenCount < FullBytes)
        {
            _body.Write(count == 0 ? "["u8 : ","u8);
            CloudEventJson.Write(_writer, events[start + count]);
            count++;
        }
        _body.Write("]"u8);
        return count;
    }

    private async Task SendBatchAsync(
        IReadOnlyList<CommerceEvent> events, int start, int count,
        List<RefusedByService> refused, CancellationToken ct)
    {
        using var response = await _service.SendAsync(NewRequest, ct);
        var answer = await ReadAsync(response, ct);
        if (response.StatusCode != HttpStatusCode.Accepted
            && answer is not { Refused.Length: > 0 })
        {
            throw new CommandFailedException($"The service refused a batch with status " +
                $"{(int)response.StatusCode}: {answer?.Detail ?? response.ReasonPhrase}");
        }
        foreach (var entry in answer?.Refused ?? [])
        {
            if (entry.Index < 0 || entry.Index >= count) continue;
            refused.Add(new(events[start + entry.Index].Id,
                $"{entry.Field} {entry.Detail}".TrimStart()));
        }
    }

    private HttpRequestMessage NewRequest() => new(HttpMethod.Post, "v1/events")
    {
        Content = new ReadOnlyMemoryContent(_body.WrittenMemory)
        {
            Headers = { ContentType = new MediaTypeHeaderValue(MediaType) },
        },
    };

    private async Task<EventsAnswer?> ReadAsync(
        HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return JsonSerializer.Deserialize(
                await response.Content.ReadAsByteArrayAsync(ct), CommandJson.Default.EventsAnswer);
        }
        catch (JsonException) when (response.StatusCode != HttpStatusCode.Accepted)
        {
            // Not this service's own problem: its status says enough.
            return null;
        }
        catch (JsonException e)
        {
            throw new CommandFailedException(
                $"What answers at {_service.Address} is no StreamCommerce: {e.Message}", e);
        }
    }
}
