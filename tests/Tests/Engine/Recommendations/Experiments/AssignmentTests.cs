using FsCheck.Xunit;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Experiments;
using StreamCommerce.Engine.Recommendations.Ranking;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Experiments;

public sealed class AssignmentTests
{
    private const int Visitors = 20_000;

    [Property(MaxTest = 20)]
    public void Each_arm_gets_its_share_of_the_visitors(int seed)
    {
        var random = new Random(seed);
        double[] shares = [random.Next(1, 40), random.Next(1, 40), random.Next(0, 20)];
        var book = Book(Of($"e{seed}", shares));

        var counts = Drawn(book).CountBy(arm => arm).ToDictionary();

        for (var arm = 0; arm < shares.Length; arm++)
            AssertShare(shares[arm], counts.GetValueOrDefault($"arm{arm}"));
        AssertShare(100 - shares.Sum(), counts.GetValueOrDefault(""));
    }

    [Property(MaxTest = 100)]
    public void The_order_of_arms_and_experiments_changes_nothing(int seed)
    {
        var random = new Random(seed);
        var experiments = Enumerable.Range(0, 4)
            .Select(i => Of($"e{i}", random.Next(1, 30), random.Next(1, 30), random.Next(1, 30)))
            .ToArray();
        var other = experiments
            .Select(experiment => experiment with { Arms = Shuffled(experiment.Arms, random) })
            .ToArray();
        random.Shuffle(other);

        for (var i = 0; i < 50; i++)
        {
            var visitor = new VisitorId($"{seed}-{i}");
            Assert.Equal(
                ArmsOf(Book(experiments), visitor), ArmsOf(Book(other), visitor));
        }
    }

    [Property(MaxTest = 50)]
    public void Other_experiments_that_come_and_go_move_nobody(int seed)
    {
        var mine = Of("mine", 30, 30);
        var alone = new RunningExperiments(Book(mine));
        var beside = new RunningExperiments(Book(Of($"other{seed}", 50, 50), mine, Of("third", 1)));

        for (var i = 0; i < 100; i++)
        {
            var visitor = new VisitorId($"{seed}-{i}");
            Assert.Equal(ArmOf(alone, visitor, "mine"), ArmOf(beside, visitor, "mine"));
        }
    }

    [Property(MaxTest = 50)]
    public void An_arm_that_grows_alone_keeps_its_visitors(int seed)
    {
        var random = new Random(seed);
        var (small, other) = (random.Next(1, 40), random.Next(1, 40));
        var before = Drawn(Book(Of("e", small, other)), 2_000);
        var after = Drawn(Book(Of("e", small + random.Next(1, 20), other)), 2_000);

        Assert.DoesNotContain(before.Zip(after),
            pair => pair.First == "arm0" && pair.Second != "arm0");
    }

    [Property(MaxTest = 50)]
    public void When_all_arms_grow_alike_nobody_in_the_experiment_moves(int seed)
    {
        var random = new Random(seed);
        var (a, b) = (random.Next(1, 20), random.Next(1, 20));
        var factor = 1 + random.NextDouble();
        var before = Drawn(Book(Of("e", a, b)), 2_000);
        var after = Drawn(Book(Of("e", a * factor, b * factor)), 2_000);

        foreach (var (old, now) in before.Zip(after)) Assert.True(old == now || old == "");
    }

    [Fact]
    public void Two_experiments_split_the_visitors_independently()
    {
        var running = new RunningExperiments(Book(Of("a", 50, 50), Of("b", 50, 50)));
        var pairs = Enumerable.Range(0, Visitors)
            .Select(i => running.For(new VisitorId($"v{i}"), Placement.ForVisitor))
            .CountBy(assignment => string.Join("+", assignment.Arms.Select(arm => arm.Arm)))
            .ToDictionary();

        Assert.Equal(4, pairs.Count);
        foreach (var count in pairs.Values) AssertShare(25, count);
    }

    [Fact]
    public void A_visitor_of_two_experiments_gets_what_both_change()
    {
        var running = new RunningExperiments(Book(
            new Experiment("a", [new("on", 100)
            { Overrides = new() { Diversity = 0.4, SourceWeights = Weights("factors", 2) } }]),
            new Experiment("b", [new("on", 100)
            { Overrides = new() { Exploration = 0.1, SourceWeights = Weights("trending", 0) } }])));

        var overrides = running.For(new VisitorId("v"), Placement.ForVisitor).Overrides;

        Assert.Equal(0.4, overrides.Diversity);
        Assert.Equal(0.1, overrides.Exploration);
        Assert.Null(overrides.Model);
        Assert.Equal(2, overrides.WeightOf(RecommendationSource.Factors));
        Assert.Equal(0, overrides.WeightOf(RecommendationSource.Trending));
        Assert.Null(overrides.WeightOf(RecommendationSource.Pinned));
    }

    [Theory]
    [InlineData("factors", true, false)]
    [InlineData("seenTogether", true, true)]
    [InlineData("trending", true, false)]
    [InlineData("boughtTogether", true, false)]
    [InlineData("similar", true, true)]
    public void An_experiment_takes_part_in_the_lists_that_one_of_its_arms_changes(
        string source, bool changesForVisitor, bool changesSimilar)
    {
        var running = new RunningExperiments(Book(new Experiment("e",
            [new("control", 50), new("other", 50)
            { Overrides = new() { SourceWeights = Weights(source, 0.9) } }])));

        // The control as well: it is what the other arm is compared with.
        foreach (var visitor in Enumerable.Range(0, 20).Select(i => new VisitorId($"v{i}")))
        {
            Assert.Equal(changesForVisitor, IsIn(visitor, Placement.ForVisitor));
            Assert.Equal(changesSimilar, IsIn(visitor, Placement.Similar));
            Assert.False(IsIn(visitor, Placement.Trending));
            Assert.False(IsIn(visitor, Placement.BoughtTogether));
            Assert.False(IsIn(visitor, Placement.NewArrivals));
        }

        bool IsIn(VisitorId visitor, Placement placement) =>
            running.For(visitor, placement).Arms.Count > 0;
    }

    [Fact]
    public void An_experiment_that_changes_nothing_takes_part_in_every_list()
    {
        var running = new RunningExperiments(Book(Of("a-a", 50, 50)));

        Assert.All(Enum.GetValues<Placement>(), placement =>
            Assert.Single(running.For(new VisitorId("v"), placement).Arms));
    }

    [Fact]
    public void What_is_set_to_what_it_is_anyway_changes_nothing()
    {
        var usual = RankingOptions.For(Placement.ForVisitor);

        Assert.Same(usual, usual.With(new()
        {
            Diversity = usual.Diversity,
            Model = true,
            SourceWeights = Weights("factors", usual[RecommendationSource.Factors]),
        }));
        Assert.NotSame(usual, usual.With(new() { Model = false }));
    }

    [Fact]
    public void A_list_of_one_source_stays_what_it_is()
    {
        var usual = RankingOptions.For(Placement.Trending);

        Assert.Same(usual, usual.With(new() { SourceWeights = Weights("trending", 0) }));
    }

    [Fact]
    public void Nobody_is_in_an_experiment_that_has_ended()
    {
        var running = new RunningExperiments(Book(Of("over", 0, 0)));

        Assert.Same(Assignment.None, running.For(new VisitorId("v"), Placement.ForVisitor));
    }

    [Fact]
    public void The_draw_is_the_same_in_every_process()
    {
        var running = new RunningExperiments(Book(Of("pinned", 25, 25, 25)));

        Assert.Equal("100012122101", string.Concat(Enumerable.Range(0, 12)
            .Select(i => ArmOf(running, new($"v{i}"), "pinned"))
            .Select(arm => arm is [.., var last] ? last : '-')));
    }

    internal static Experiment Of(string name, params double[] shares) =>
        new(name, [.. shares.Select((share, i) => new ExperimentArm($"arm{i}", share))]);

    internal static ExperimentBook Book(params Experiment[] experiments) =>
        new() { Experiments = experiments };

    private static Dictionary<RecommendationSource, double> Weights(string name, double weight) =>
        new() { [Enum.Parse<RecommendationSource>(name, ignoreCase: true)] = weight };

    private static List<string> Drawn(ExperimentBook book, int visitors = Visitors)
    {
        var running = new RunningExperiments(book);
        return [.. Enumerable.Range(0, visitors).Select(i =>
            ArmOf(running, new VisitorId($"visitor-{i}"), book.Experiments[0].Name))];
    }

    private static string ArmOf(RunningExperiments running, VisitorId visitor, string experiment) =>
        running.For(visitor, Placement.ForVisitor).Arms
            .SingleOrDefault(arm => arm.Experiment == experiment).Arm ?? "";

    private static HashSet<ArmName> ArmsOf(ExperimentBook book, VisitorId visitor) =>
        [.. new RunningExperiments(book).For(visitor, Placement.ForVisitor).Arms];

    private static ExperimentArm[] Shuffled(IReadOnlyList<ExperimentArm> arms, Random random)
    {
        var shuffled = arms.ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }

    /// <summary>Within five standard deviations: one run in two million fails by chance.</summary>
    private static void AssertShare(double percent, int count)
    {
        var share = percent / 100;
        Assert.Equal(share * Visitors, count, 5 * Math.Sqrt(Visitors * share * (1 - share)) + 1e-9);
    }
}
