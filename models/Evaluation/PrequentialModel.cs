using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Sessions;

namespace StreamCommerce.Models.Evaluation;

/// <summary>A click of a replay.</summary>
/// <param name="Session">The session's number.</param>
/// <param name="Place">The click's place in it, from 0.</param>
/// <param name="Time">When, in seconds since 1970.</param>
internal readonly record struct PrequentialClick(int Session, int Place, double Time);

/// <summary>One model of a replay, and the sessions that wait to be over.</summary>
internal sealed class PrequentialModel(Histories sessions, TimeSpan idleTime)
{
    // In the order of their last clicks, which is the order in which they come in.
    private readonly Queue<PrequentialClick> _ending = [];

    public SessionKnowledge Knowledge { get; } = new();

    public void Learn(PrequentialClick click)
    {
        EndSessions(click.Time);
        var items = ItemsOf(click.Session, click.Place + 1);
        Knowledge.LearnClick(items);
        if (items.Length == sessions[click.Session].Length) _ending.Enqueue(click);
    }

    /// <summary>Learns the sessions that are over by a time.</summary>
    public void EndSessions(double time)
    {
        while (_ending.TryPeek(out var last) && last.Time + idleTime.TotalSeconds <= time)
        {
            _ending.Dequeue();
            Knowledge.LearnSession(ItemsOf(last.Session, last.Place + 1));
        }
    }

    private int[] ItemsOf(int session, int length)
    {
        var items = new int[length];
        for (var i = 0; i < length; i++) items[i] = sessions[session][i].Item;
        return items;
    }
}
