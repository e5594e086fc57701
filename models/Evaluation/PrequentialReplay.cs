using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Sessions;

namespace StreamCommerce.Models.Evaluation;

/// <summary>
/// What learning at every click is worth: clicks are replayed in the order of their times, and each
/// is foreseen before it is learnt (prequential evaluation: Gama, Sebastião, Rodrigues 2013;
/// Vinagre, Jorge, Gama 2014). A second model, the same in all else, learns a day's clicks at
/// midnight only, as one that is retrained every night.
/// </summary>
/// <remarks>
/// A session is found by others when nothing has been clicked in it for <paramref name="idleTime"/>
/// and nothing will be. The weights of the blend are learnt anew at each midnight, from what the
/// learning model's voters said of the day's clicks, and are the same for both models: the
/// difference between them is what they know, nothing else.
/// </remarks>
/// <param name="listLength">Places of an answer.</param>
/// <param name="idleTime">After which a session is over.</param>
public sealed class PrequentialReplay(int listLength, TimeSpan idleTime)
{
    private readonly SessionBlendSearch _search = new(new());
    private readonly SessionCandidate[] _answer = new SessionCandidate[listLength];
    private readonly List<ForeseenClick> _foreseen = [];
    private SessionBlendWeights _weights = SessionBlendWeights.Default;

    /// <summary>One model's hits of a day.</summary>
    private struct Score
    {
        public int Hits;
        public double Mrr;
    }

    /// <summary>Replays sessions whose clicks have times.</summary>
    /// <returns>The days in their order. On the first one the model of midnight knows nothing.
    /// </returns>
    public IReadOnlyList<PrequentialDay> Run(
        Histories sessions, CancellationToken cancellationToken = default)
    {
        var learning = new PrequentialModel(sessions, idleTime);
        var frozen = new PrequentialModel(sessions, idleTime);
        var days = new List<PrequentialDay>();
        foreach (var day in ClicksOf(sessions).GroupBy(click => DayOf(click.Time)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var clicks = day.ToArray();
            days.Add(Replay(day.Key, clicks, sessions, learning, frozen));
            foreach (var click in clicks) frozen.Learn(click);
            _weights = SessionBlendWeights.Learn([.. _foreseen]);
            _foreseen.Clear();
        }
        return days;
    }

    private static DateOnly DayOf(double time) => DateOnly.FromDateTime(
        DateTimeOffset.FromUnixTimeMilliseconds((long)(time * 1000)).UtcDateTime);

    private static IEnumerable<PrequentialClick> ClicksOf(Histories sessions)
    {
        var clicks = new List<PrequentialClick>(sessions.EntryCount);
        for (var session = 0; session < sessions.UserCount; session++)
            for (var at = 0; at < sessions[session].Length; at++)
                clicks.Add(new(session, at, sessions[session][at].Time));
        // Stable: clicks of one moment stay in the order of their sessions.
        return clicks.OrderBy(click => click.Time);
    }

    private PrequentialDay Replay(DateOnly day, PrequentialClick[] clicks, Histories sessions,
        PrequentialModel learning, PrequentialModel frozen)
    {
        var (live, old, count) = (new Score(), new Score(), 0);
        foreach (var click in clicks)
        {
            learning.EndSessions(click.Time);
            if (click.Place > 0)
            {
                count++;
                var history = sessions[click.Session][..click.Place];
                var item = sessions[click.Session][click.Place].Item;
                Ask(learning, history, item, ref live);
                Ask(frozen, history, item, ref old);
                _foreseen.Add(_search.Foresee(learning.Knowledge, history, item));
            }
            learning.Learn(click);
        }
        double Mean(double sum) => count == 0 ? 0 : sum / count;
        return new(day, count, Mean(live.Hits), Mean(live.Mrr), Mean(old.Hits), Mean(old.Mrr));
    }

    private void Ask(
        PrequentialModel model, ReadOnlySpan<HistoryEntry> history, int item, ref Score score)
    {
        var count = _search.Find(model.Knowledge, _weights, history, _answer);
        for (var i = 0; i < count; i++)
        {
            if (_answer[i].Item != item) continue;
            score.Hits++;
            score.Mrr += 1.0 / (i + 1);
            return;
        }
    }
}
