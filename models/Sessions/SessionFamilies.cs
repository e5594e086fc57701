using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Sessions;

/// <summary>
/// The rankers that learn from sessions, for tuning and comparison. Histories are sessions in the
/// order in which they ended: the last ones are the most recent.
/// </summary>
public static class SessionFamilies
{
    private const double Never = double.PositiveInfinity;

    /// <summary>VMIS-kNN, with its own weights.</summary>
    public static RankerFamily VmisKnn { get; } = OfSessions(
        "vmis-knn",
        [
            new("sampleSize", 1000, [250, 500, 1000, 2500, 5000]),
            new("neighbourCount", 250, [50, 100, 250, 500, 1000, 1500]),
            new("rarenessWeight", 0, [0, 0.1, 0.3, 1]),
        ],
        (histories, parameters, context, cancellation) => new NeighbourRanker(
            IndexOf(histories, context, cancellation),
            NeighbourOptions.Vmis with
            {
                SampleSize = parameters.GetInt32("sampleSize"),
                NeighbourCount = parameters.GetInt32("neighbourCount"),
                RarenessWeight = parameters["rarenessWeight"],
            },
            histories.ItemCount));

    /// <summary>Session neighbours with decays in every direction.</summary>
    public static RankerFamily Vstan { get; } = OfSessions(
        "vstan",
        [
            new("sampleSize", 2500, [500, 1000, 2500, 5000, 10_000]),
            new("neighbourCount", 1000, [100, 250, 500, 1000, 1500, 2500]),
            new("positionDecay", 1, [0.35, 0.7, 1, 1.5, 2, 4, 8]),
            new("matchDecay", 2, [0.5, 1, 2, 4, Never]),
            new("recencyDecay", 100_000,
                [1000, 3000, 10_000, 30_000, 100_000, 300_000, Never]),
            new("forwardDecay", 3, [1, 1.5, 2, 3, 5, 8, Never]),
            new("backwardDecay", 3, [1, 1.5, 2, 3, 5, 8, Never]),
            new("backwardWeight", 1, [0, 0.25, 0.5, 0.7, 1]),
            new("lengthExponent", 0.5, [0, 0.25, 0.5, 0.75, 1]),
            new("rarenessWeight", 0, [0, 0.05, 0.1, 0.3, 1]),
        ],
        (histories, parameters, context, cancellation) => new NeighbourRanker(
            IndexOf(histories, context, cancellation),
            OptionsOf(parameters),
            histories.ItemCount));

    /// <summary>Rules from an item to what follows it.</summary>
    public static RankerFamily Rules { get; } = OfSessions(
        "sequential-rules",
        [
            new("steps", 5, [1, 2, 3, 5, 10, 20]),
            new("itemLimit", 2, [1, 2, 3, 5]),
            new("decay", 0.3, [0.1, 0.2, 0.3, 0.5, 0.8]),
        ],
        (histories, parameters, context, cancellation) => new SequentialRuleRanker(
            RulesOf(histories, parameters.GetInt32("steps"), context, cancellation),
            parameters.GetInt32("itemLimit"), parameters["decay"], histories.ItemCount));

    /// <summary>Neighbours, rules and repeats, weighed by what they foresaw of the last sessions.
    /// </summary>
    public static RankerFamily Blend { get; } = OfSessions(
        "session-blend",
        [
            new("sampleSize", 1000, [500, 1000, 2500, 5000, 10_000]),
            new("neighbourCount", 500, [250, 500, 1000, 1500, 2500]),
            new("positionDecay", 1, [0.35, 0.7, 1, 1.5, 2, 4]),
            new("matchDecay", 1, [0.5, 1, 2, 4, Never]),
            new("recencyDecay", 100_000,
                [1000, 3000, 10_000, 30_000, 100_000, 300_000, Never]),
            new("forwardDecay", 3, [1, 1.5, 2, 3, 5, 8, Never]),
            new("backwardDecay", 3, [1, 1.5, 2, 3, 5, 8, Never]),
            new("backwardWeight", 0.7, [0, 0.25, 0.5, 0.7, 1]),
            new("lengthExponent", 0.25, [0, 0.25, 0.5, 0.75, 1]),
            new("rarenessWeight", 0.1, [0, 0.05, 0.1, 0.3, 1]),
            new("onwardLimit", 3, [0, 3, 5, 10, 20]),
            new("steps", 5, [2, 3, 5, 10, 20]),
            new("foreseenShare", 0.1, [0.05, 0.1, 0.2]),
        ],
        (histories, parameters, context, cancellation) => SessionBlend.Train(
            histories,
            new()
            {
                Neighbours = OptionsOf(parameters),
                OnwardLimit = parameters.GetInt32("onwardLimit"),
                Steps = parameters.GetInt32("steps"),
                ForeseenShare = parameters["foreseenShare"],
            },
            context, cancellation));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RankerFamily> All { get; } = [VmisKnn, Vstan, Rules, Blend];

    // What they learn is no part of a model file: the service learns it itself, from every event.
    private static RankerFamily OfSessions(
        string name, IReadOnlyList<ParameterRange> parameters,
        Func<Histories, ParameterSet, TrainingContext, CancellationToken, IRanker> train) =>
        new(name, parameters, train) { IsPublishable = false };

    private static NeighbourOptions OptionsOf(ParameterSet parameters) => new()
    {
        SampleSize = parameters.GetInt32("sampleSize"),
        NeighbourCount = parameters.GetInt32("neighbourCount"),
        PositionDecay = parameters["positionDecay"],
        MatchDecay = parameters["matchDecay"],
        RecencyDecay = parameters["recencyDecay"],
        ForwardDecay = parameters["forwardDecay"],
        BackwardDecay = parameters["backwardDecay"],
        BackwardWeight = parameters["backwardWeight"],
        LengthExponent = parameters["lengthExponent"],
        RarenessWeight = parameters["rarenessWeight"],
    };

    private static SessionIndex IndexOf(
        Histories histories, TrainingContext context, CancellationToken cancellation)
    {
        var index = new SessionIndex(new()
        {
            SessionLimit = Math.Max(1, histories.UserCount),
            // As many as any sample takes.
            PostingLimit = 10_000,
        });
        var progress = new StepProgress(context.Progress, histories.UserCount);
        for (var user = 0; user < histories.UserCount; user++)
        {
            cancellation.ThrowIfCancellationRequested();
            index.Add(ItemsOf(histories[user]));
            progress.Add();
        }
        return index;
    }

    private static SequentialRules RulesOf(
        Histories histories, int steps, TrainingContext context, CancellationToken cancellation)
    {
        var rules = new SequentialRules(steps, followerLimit: 500);
        var progress = new StepProgress(context.Progress, histories.UserCount);
        for (var user = 0; user < histories.UserCount; user++)
        {
            cancellation.ThrowIfCancellationRequested();
            var items = ItemsOf(histories[user]);
            for (var length = 2; length <= items.Length; length++)
                rules.Learn(items.AsSpan(0, length));
            progress.Add();
        }
        return rules;
    }

    internal static int[] ItemsOf(ReadOnlySpan<HistoryEntry> history)
    {
        var items = new int[history.Length];
        for (var i = 0; i < items.Length; i++) items[i] = history[i].Item;
        return items;
    }
}
