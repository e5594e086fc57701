using System.Threading.Channels;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// Events that are sent together and whose end is a point to resume from. A lane is what one
/// connection sends, in order; all visitors of a partition of the service's log are on the same
/// lane, so that each partition gets its events in the dataset's order. An order a visitor would
/// not do: event time moves a partition at a time, and other visitors' events would be late.
/// </summary>
internal sealed class ReplayRound
{
    private readonly int _partitions;

    private ReplayRound(int lanes, int partitions)
    {
        _partitions = partitions;
        Lanes = new List<CommerceEvent>[lanes];
        for (var i = 0; i < lanes; i++) Lanes[i] = [];
    }

    public List<CommerceEvent>[] Lanes { get; }

    /// <summary>Events of all lanes.</summary>
    public int Count { get; private set; }

    /// <summary>The last row that it covers; see <see cref="DatasetRow.Position"/>.</summary>
    public long LastPosition { get; private set; }

    /// <summary>
    /// Reads the dataset and cuts it into rounds, as fast as they are taken or as the pace lets
    /// it. Completes the output when it ends, with its fault where there is one.
    /// </summary>
    /// <param name="options">The dataset.</param>
    /// <param name="partitions">Partitions of the service's log.</param>
    /// <param name="after">Leaves out all up to this position.</param>
    /// <param name="pace">Waits for an event's time; null: does not.</param>
    /// <param name="output">Bounded, so that reading never runs far ahead of sending.</param>
    /// <param name="time">The clock of the pace.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task ReadAllAsync(
        ReplayOptions options, int partitions, long after, ReplayPace? pace,
        ChannelWriter<ReplayRound> output, TimeProvider time, CancellationToken ct)
    {
        try
        {
            await ReadAsync(options, partitions, after, pace, output, time, ct);
            output.Complete();
        }
        catch (Exception fault)
        {
            output.Complete(fault);
        }
    }

    private static async Task ReadAsync(
        ReplayOptions options, int partitions, long after, ReplayPace? pace,
        ChannelWriter<ReplayRound> output, TimeProvider time, CancellationToken ct)
    {
        var limit = 2 * EventSender.BatchEvents * options.Connections;
        var round = new ReplayRound(options.Connections, partitions);
        foreach (var row in options.Format.Read(File.OpenRead(options.Dataset), after))
        {
            if (row.Event is { } e)
            {
                if (pace?.Wait(e.Time) is { Ticks: > 0 } wait)
                {
                    // What is due goes first; the shortest wait keeps the rounds from being tiny.
                    if (round.Count > 0) await FlushAsync();
                    await Task.Delay(wait > ShortestWait ? wait : ShortestWait, time, ct);
                }
                round.Add(e);
            }
            round.LastPosition = row.Position;
            if (round.Count == limit) await FlushAsync();
        }
        if (round.LastPosition > 0) await output.WriteAsync(round, ct);

        async ValueTask FlushAsync()
        {
            await output.WriteAsync(round, ct);
            round = new ReplayRound(options.Connections, partitions);
        }
    }

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);

    private void Add(CommerceEvent e)
    {
        Lanes[StableHash.Partition(e.Visitor, _partitions) % Lanes.Length].Add(e);
        Count++;
    }
}
