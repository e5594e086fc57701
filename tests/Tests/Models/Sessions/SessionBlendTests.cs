using FsCheck.Xunit;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Sessions;
using Xunit;

namespace StreamCommerce.Tests.Models.Sessions;

public sealed class SessionBlendTests
{
    private const int Voters = SessionBlendWeights.Voters;

    private static readonly SessionBlendOptions _half = new()
    {
        OnwardLimit = 5,
        ForeseenShare = 0.5,
    };

    [Fact]
    public void A_voter_that_foresees_the_clicks_gets_the_weight()
    {
        var clicks = Enumerable.Range(0, 2000).Select(i => Click(
            situation: 2, SessionVoter.Following, share: i % 4 == 0 ? 0 : 0.9f,
            SessionVoter.Last, otherShare: i % 4 == 0 ? 0.9f : 0)).ToArray();

        var weights = SessionBlendWeights.Learn(clicks);

        Assert.Equal(0.75, weights[2, SessionVoter.Following], 0.03);
        Assert.Equal(0.25, weights[2, SessionVoter.Last], 0.03);
        Assert.True(weights[2, SessionVoter.Neighbours] < 0.02);
    }

    [Fact]
    public void A_situation_that_was_hardly_seen_keeps_about_the_default_weights()
    {
        var weights = SessionBlendWeights.Learn(
            [Click(0, SessionVoter.Last, 0.5f, SessionVoter.Next, 0)]);

        for (var situation = 0; situation < SessionSituation.Count; situation++)
            foreach (var voter in Enum.GetValues<SessionVoter>())
                Assert.Equal(SessionBlendWeights.Default[situation, voter],
                    weights[situation, voter], 0.03);
    }

    [Property(MaxTest = 30)]
    public void Learnt_weights_explain_the_clicks_better_than_the_default_ones(int seed)
    {
        var random = new Random(seed);
        var clicks = Enumerable.Range(0, 1000).Select(_ => new ForeseenClick(
            random.Next(SessionSituation.Count),
            [.. Enumerable.Range(0, Voters).Select(voter =>
                random.Next(3) == 0 ? 0 : random.NextSingle() / (voter + 1))])).ToArray();

        var learnt = SessionBlendWeights.Learn(clicks);

        Assert.All(learnt.Values.ToArray(), w => Assert.True(w >= 0 && float.IsFinite(w)));
        Assert.True(LogLikelihood(learnt) > LogLikelihood(SessionBlendWeights.Default));

        double LogLikelihood(SessionBlendWeights weights) => clicks.Sum(click => Math.Log(1e-6
            + Enumerable.Range(0, Voters).Sum(v =>
                weights[click.Situation, (SessionVoter)v] * click.Shares[v])));
    }

    [Property(MaxTest = 20)]
    public void Any_number_of_threads_trains_the_same_blend(int seed)
    {
        var sessions = Histories.Of(RandomSessions.Of(seed, 120).Select(s =>
            (IReadOnlyList<HistoryEntry>)s.AsHistory()), 12);

        var one = SessionBlend.Train(
            sessions, _half, new(ThreadCount: 1), CancellationToken.None);
        var two = SessionBlend.Train(
            sessions, _half, new(ThreadCount: 2), CancellationToken.None);

        Assert.Equal(one.Weights.Values.ToArray(), two.Weights.Values.ToArray());
    }

    [Fact]
    public void A_click_counts_at_once_also_before_the_session_ends()
    {
        var knowledge = new SessionKnowledge();
        knowledge.LearnClick([1, 2]);
        var best = new SessionCandidate[3];

        var count = new SessionBlendSearch(new()).Find(
            knowledge, SessionBlendWeights.Default, new[] { 1 }.AsHistory(), best);

        Assert.Contains(best[..count], c => c is { Item: 2, Cause: 1 });
        Assert.Equal(0, knowledge.Index.Count);
    }

    [Fact]
    public void An_answer_allocates_nothing_once_the_work_space_has_grown()
    {
        var knowledge = new SessionKnowledge();
        foreach (var session in RandomSessions.Of(1, 1000, items: 200)) knowledge.Learn(session);
        var search = new SessionBlendSearch(new() { OnwardLimit = 5 });
        var best = new SessionCandidate[50];
        var sessions = RandomSessions.Of(2, 50, items: 200).Select(s => s.AsHistory()).ToArray();
        foreach (var session in sessions) Find(session);

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var session in sessions) Find(session);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Find(HistoryEntry[] session) =>
            search.Find(knowledge, SessionBlendWeights.Default, session, best);
    }

    [Fact]
    public void Weights_that_are_no_weights_are_refused()
    {
        var weights = SessionBlendWeights.Default.Values.ToArray();
        weights[3] = float.NaN;

        Assert.Throws<ArgumentException>(() => new SessionBlendWeights(weights));
        Assert.Throws<ArgumentException>(() => new SessionBlendWeights([1, 2]));
    }

    private static ForeseenClick Click(int situation, SessionVoter voter, float share,
        SessionVoter other, float otherShare)
    {
        var shares = new float[Voters];
        shares[(int)voter] = share;
        shares[(int)other] = otherShare;
        return new(situation, shares);
    }
}
