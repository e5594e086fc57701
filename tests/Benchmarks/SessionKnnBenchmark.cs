using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Sessions;

namespace StreamCommerce.Benchmarks;

/// <summary>
/// What a question for a session's next items costs on one thread, by neighbours alone and by the
/// blend, and what it costs to learn a click and a session. Sessions are synthetic: items of one
/// neighbourhood in each, popular ones far more often. Arguments: sessions (default 500,000), items
/// (default 100,000), questions (default 20,000). Times are the process's user time, which a busy
/// machine changes less than the clock's.
/// </summary>
internal static class SessionKnnBenchmark
{
    public static Task<BenchmarkResult> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0]) : 500_000;
        var items = args.Length > 1 ? int.Parse(args[1]) : 100_000;
        var questions = args.Length > 2 ? int.Parse(args[2]) : 20_000;
        var sessions = Sessions(count, items, seed: 1);
        var knowledge = new SessionKnowledge(new() { Index = new() { SessionLimit = count } });
        var learning = Micros(() =>
        {
            foreach (var session in sessions) knowledge.Learn(session);
        }, count);
        var current = Sessions(questions, items, seed: 2).Select(session => session
            .Select(item => new HistoryEntry(item)).ToArray()).ToArray();
        var best = new SessionCandidate[100];
        var found = 0L;

        double Ask(Func<HistoryEntry[], int> ask)
        {
            foreach (var session in current.Take(1000)) found += ask(session);
            return Micros(() =>
            {
                foreach (var session in current) found += ask(session);
            }, questions);
        }

        var vmis = new NeighbourSearch(NeighbourOptions.Vmis);
        var vstan = new NeighbourSearch(new());
        var blend = new SessionBlendSearch(new());
        var vmisTime = Ask(session => vmis.Find(knowledge.Index, session, best));
        var vstanTime = Ask(session => vstan.Find(knowledge.Index, session, best));
        var blendTime = Ask(session => blend.Find(
            knowledge, SessionBlendWeights.Default, session, best));
        if (found == 0) throw new InvalidOperationException("Nothing was found.");
        return Task.FromResult(new BenchmarkResult(
            ["what", "µs on one core"],
            [
                ["VMIS-kNN, m 1,000, k 100", BenchmarkResult.Format(vmisTime)],
                ["neighbours of the blend, m 1,000, k 500", BenchmarkResult.Format(vstanTime)],
                ["blend", BenchmarkResult.Format(blendTime)],
                ["learning a session", BenchmarkResult.Format(learning)],
            ],
            blendTime, "µs a question to the blend", vmisTime, "VMIS-kNN"));
    }

    private static double Micros(Action run, int count)
    {
        var start = Environment.CpuUsage.UserTime;
        run();
        return (Environment.CpuUsage.UserTime - start).TotalMicroseconds / count;
    }

    private static int[][] Sessions(int count, int items, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            // Cubed: a hundredth of the items gets a fifth of the sessions.
            var centre = (int)(items * Math.Pow(random.NextDouble(), 3));
            var length = 2 + (int)(-4 * Math.Log(1 - random.NextDouble()));
            return Enumerable.Range(0, Math.Min(length, 50))
                .Select(_ => (centre + (int)(40 * Math.Pow(random.NextDouble(), 2))) % items)
                .ToArray();
        })];
    }
}
