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
/// and nothing will be. The weights of the blend are learnt anew at each midnight, each model's
/// from what its own voters said of the day's clicks: what suits one that knows the last minute is
/// not what suits one that knows yesterday.
/// </remarks>
/// <param name="listLength">Places of an answer.</param>
/// <param name="idleTime">After which a session is over.</param>
public sealed class PrequentialReplay(int listLength, TimeSpan idleTime)
{
    private readonly SessionBlendSearch _search = new(new());
    private readonly SessionCandidate[] _answer = new SessionCandidate[listLength];

    /// <summary>A model, its weights, and its hits of a day.</summary>
    private sealed class Contestant(PrequentialModel model)
    {
        private readonly List<ForeseenClick> _foreseen = [];

        public PrequentialModel Model => model;

        public SessionBlendWeights Weights { get; private set; } = SessionBlendWeights.Default;

        public int Hits { get; set; }

        public double Mrr { get; set; }

        public void Note(ForeseenClick click) => _foreseen.Add(click);

        public void EndDay()
        {
            Weights = SessionBlendWeights.Learn([.. _foreseen]);
            _foreseen.Clear();
            (Hits, Mrr) = (0, 0);
        }
    }

    /// <summary>Replays sessions whose clicks have times.</summary>
    /// <returns>The days in their order. On the first one the model of midnight knows nothing.
    /// </returns>
    public IReadOnlyList<PrequentialDay> Run(
        Histories sessions, CancellationToken cancellationToken = default)
    {
        var learning = new Contestant(new(sessions, idleTime));
        var frozen = new Contestant(new(sessions, idleTime));
        var days = new List<PrequentialDay>();
        foreach (var day in ClicksOf(sessions).GroupBy(click => DayOf(click.Time)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var clicks = day.ToArray();
            days.Add(Replay(day.Key, clicks, sessions, learning, frozen));
            foreach (var click in clicks) frozen.Model.Learn(click);
            learning.EndDay();
            frozen.EndDay();
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
        Contestant learning, Contestant frozen)
    {
        var count = 0;
        foreach (var click in clicks)
        {
            learning.Model.EndSessions(click.Time);
            if (click.Place > 0)
            {
                count++;
                var history = sessions[click.Session][..click.Place];
                var item = sessions[click.Session][click.Place].Item;
                Ask(learning, history, item);
                Ask(frozen, history, item);
            }
            learning.Model.Learn(click);
        }
        double Mean(double sum) => count == 0 ? 0 : sum / count;
        return new(day, count, Mean(learning.Hits), Mean(learning.Mrr), Mean(frozen.Hits),
            Mean(frozen.Mrr));
    }

    private void Ask(Contestant contestant, ReadOnlySpan<HistoryEntry> history, int item)
    {
        var knowledge = contestant.Model.Knowledge;
        contestant.Note(_search.Foresee(knowledge, history, item));
        var count = _search.Find(knowledge, contestant.Weights, history, _answer);
        for (var i = 0; i < count; i++)
        {
            if (_answer[i].Item != item) continue;
            contestant.Hits++;
            contestant.Mrr += 1.0 / (i + 1);
            return;
        }
    }
}
