using System.Collections.Concurrent;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Sessions;

/// <summary>Ranks by a blend of neighbours, rules and repeats; 0 for items without a vote.
/// </summary>
public sealed class SessionBlend : IRanker
{
    // Clicks that are foreseen to learn the weights; more change no digit that counts.
    private const int ClickLimit = 20_000;

    private readonly ConcurrentBag<SessionBlendSearch> _searches = [];
    private readonly SessionBlendOptions _options;

    /// <param name="knowledge">What was learnt; may go on learning, and is asked as it is.</param>
    /// <param name="weights">What the voters count.</param>
    /// <param name="options">How it is asked.</param>
    /// <param name="itemCount">Items that are scored.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public SessionBlend(SessionKnowledge knowledge, SessionBlendWeights weights,
        SessionBlendOptions options, int itemCount)
    {
        options.Check();
        (Knowledge, Weights, _options, ItemCount) = (knowledge, weights, options, itemCount);
    }

    public int ItemCount { get; }

    public SessionKnowledge Knowledge { get; }

    public SessionBlendWeights Weights { get; }

    public void Score(ReadOnlySpan<HistoryEntry> history, Span<float> scores)
    {
        if (!_searches.TryTake(out var search)) search = new(_options);
        search.Vote(Knowledge, Weights, history);
        search.Votes.WriteTo(scores[..ItemCount]);
        _searches.Add(search);
    }

    /// <summary>
    /// Trains one. The voters learn all sessions but the last ones, and their weights follow from
    /// how well they foresee the clicks of these; then they learn these as well.
    /// </summary>
    /// <param name="sessions">In the order in which they ended.</param>
    /// <param name="options">How it is trained and asked.</param>
    /// <param name="context">Threads at most, and who is told how much is done.</param>
    /// <param name="cancellation">Ends the training.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public static SessionBlend Train(Histories sessions, SessionBlendOptions options,
        TrainingContext context, CancellationToken cancellation)
    {
        options.Check();
        var knowledge = new SessionKnowledge(new()
        {
            Index = new()
            {
                SessionLimit = Math.Max(1, sessions.UserCount),
                PostingLimit = options.Neighbours.SampleSize,
            },
            Steps = options.Steps,
            FollowerLimit = 500,
        });
        var first = (int)(sessions.UserCount * (1 - options.ForeseenShare));
        var progress = new StepProgress(context.Progress, sessions.UserCount);
        Learn(knowledge, sessions, 0, first, progress, cancellation);
        var clicks = Foresee(
            knowledge, sessions, first, options, context.ThreadCount, cancellation);
        Learn(knowledge, sessions, first, sessions.UserCount, progress, cancellation);
        return new(knowledge, SessionBlendWeights.Learn(clicks), options, sessions.ItemCount);
    }

    private static void Learn(SessionKnowledge knowledge, Histories sessions, int from, int to,
        StepProgress progress, CancellationToken cancellation)
    {
        for (var user = from; user < to; user++)
        {
            cancellation.ThrowIfCancellationRequested();
            knowledge.Learn(SessionFamilies.ItemsOf(sessions[user]));
            progress.Add();
        }
    }

    private static ForeseenClick[] Foresee(SessionKnowledge knowledge, Histories sessions,
        int first, SessionBlendOptions options, int threadCount, CancellationToken cancellation)
    {
        var cases = new List<(int User, int Length)>();
        for (var user = sessions.UserCount - 1; user >= first && cases.Count < ClickLimit; user--)
            for (var length = 1; length < sessions[user].Length; length++)
                cases.Add((user, length));
        var clicks = new ForeseenClick[cases.Count];
        Parallel.For(0, cases.Count,
            new() { MaxDegreeOfParallelism = threadCount, CancellationToken = cancellation },
            () => new SessionBlendSearch(options),
            (i, _, search) =>
            {
                var session = sessions[cases[i].User];
                clicks[i] = search.Foresee(knowledge, session[..cases[i].Length],
                    session[cases[i].Length].Item);
                return search;
            },
            _ => { });
        return clicks;
    }
}
