using System.Buffers;
using System.Diagnostics;
using System.Net;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Benchmarks.Recommend;

/// <summary>
/// Visitors' clicks at a given rate, whatever the service does (an open loop): batches that are
/// due are sent, until more are on their way than <see cref="OnTheWayLimit"/>, which is a fault.
/// </summary>
internal sealed class EventTraffic(HttpClient client, int rate)
{
    private const int BatchEvents = 50;
    private const int OnTheWayLimit = 500;

    private int _onTheWay;
    private long _sent;

    /// <summary>Events that were acknowledged.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Sends until it is told to stop, then waits for the last answers.</summary>
    /// <param name="clicks">Never ends.</param>
    /// <param name="ct">Stops it.</param>
    public async Task RunAsync(IEnumerable<CommerceEvent> clicks, CancellationToken ct)
    {
        var batches = clicks.Chunk(BatchEvents).GetEnumerator();
        var sending = new List<Task>();
        var started = Stopwatch.GetTimestamp();
        for (var number = 0L; !ct.IsCancellationRequested; number++)
        {
            var due = TimeSpan.FromSeconds((double)number * BatchEvents / rate)
                - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.Zero) await Task.Delay(due, TimeProvider.System, default);
            batches.MoveNext();
            sending.RemoveAll(task => task.IsCompletedSuccessfully);
            sending.Add(SendAsync(BodyOf(batches.Current)));
        }
        await Task.WhenAll(sending);
    }

    /// <summary>Posts events; throws unless they are acknowledged.</summary>
    public static async Task PostAsync(HttpClient client, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/cloudevents-batch+json");
        using var answer = await client.PostAsync("v1/events", content);
        if (answer.StatusCode != HttpStatusCode.Accepted)
        {
            throw new InvalidOperationException(
                $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    public static byte[] BodyOf(params ReadOnlySpan<CommerceEvent> events)
    {
        var json = new ArrayBufferWriter<byte>();
        json.Write("["u8);
        foreach (var e in events)
        {
            if (json.WrittenCount > 1) json.Write(","u8);
            CloudEventJson.Write(json, e);
        }
        json.Write("]"u8);
        return json.WrittenSpan.ToArray();
    }

    private async Task SendAsync(byte[] body)
    {
        if (Interlocked.Increment(ref _onTheWay) > OnTheWayLimit)
            throw new InvalidOperationException("The service does not keep up with the events.");
        await PostAsync(client, body);
        Interlocked.Decrement(ref _onTheWay);
        Interlocked.Add(ref _sent, BatchEvents);
    }
}
