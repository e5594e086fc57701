using System.Text;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Sales;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline.Forgetting;

/// <summary>A visitor that is forgotten stays forgotten, and nobody else is.</summary>
public sealed class ForgettingTests : IAsyncDisposable
{
    // Shares no bytes with anything else that is written.
    private static readonly VisitorId Somebody = new("somebody-zq7x");

    private readonly TemporaryDirectory _directory = new();
    private readonly MemoryEventLog _log = new(2, new FakeTimeProvider());
    private readonly EngineOptions _options;

    public ForgettingTests() => _options = EngineRun.Options(_directory);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _directory.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task Nothing_of_a_forgotten_visitor_is_left_in_memory_or_on_disk()
    {
        await EngineRun.AppendAsync(_log, [.. Of("first", 5), .. Late("late")], Ct);
        ErasedState erased;
        await using (var run = await EngineRun.StartAsync(_log, _options, Ct, Refusing))
        {
            await run.AnswerAsync(Ct);
            erased = await run.Engine.ForgetAsync(Somebody, Ct);

            Assert.False(run.Engine.Knows(Somebody));
            Assert.Empty(run.Engine.Read<ProfileProjection, Interaction[]>(Somebody,
                (graph, profiles) => profiles[graph.Visitors.Find(Somebody)].ToArray()));
            Assert.Empty(FilesWith(Somebody.Value));
        }

        Assert.All(erased.Places, place => Assert.Equal(0, place.Left));
        Assert.Equal(6, RemovedFrom(erased, "profiles"));
        Assert.Equal(1, RemovedFrom(erased, "visitors"));
        Assert.Equal(1, RemovedFrom(erased, "session-tracker"));
        Assert.Equal(1, RemovedFrom(erased, "sales"));
        Assert.Equal(1, RemovedFrom(erased, "late"));
        Assert.Equal(5, RemovedFrom(erased, "dead-letters"));
        Assert.Empty(FilesWith(Somebody.Value));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whoever_reads_the_log_again_forgets_the_same(int seed)
    {
        var random = new Random(seed);
        var events = new RandomShop(seed) { Visitors = 5, LateShare = 0.05 }.Events(400);
        string[] running;
        TemporaryDirectory before, after;
        await using (var run = await EngineRun.StartAsync(_log, _options, Ct))
        {
            var marks = 0;
            foreach (var part in events.Chunk(40))
            {
                await EngineRun.AppendAsync(_log, part, Ct);
                if (random.Next(2) == 0) await run.Engine.CatchUpAsync(Ct);
                if (random.Next(2) == 0) continue;
                await run.Engine.ForgetAsync(new($"v{random.Next(5)}"), Ct);
                marks++;
            }
            Assert.True(marks > 1);
            await run.Engine.CatchUpAsync(Ct);
            before = _directory.Copy();
            // The last one is forgotten at the log's end: no event comes behind it.
            await run.Engine.ForgetAsync(new("v0"), Ct);
            running = await run.AnswerAsync(Ct);
            after = _directory.Copy();
        }

        // A crash right after the mark was durable: the state is the one before it.
        File.Copy(after.In("forgotten.marks"), before.In("forgotten.marks"), overwrite: true);
        foreach (var (folder, rebuild) in new (TemporaryDirectory, string[]?)[]
        {
            (after, null), (before, null), (after, []), (after, ["profiles", "sales", "sessions"]),
        })
        {
            Assert.Equal(running, await ReadAgainAsync(folder, rebuild));
        }
        before.Dispose();
        after.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task Events_after_it_are_a_new_visitors_also_after_a_rebuild()
    {
        await EngineRun.AppendAsync(_log, Of("first", 4), Ct);
        await using (var run = await EngineRun.StartAsync(_log, _options, Ct))
        {
            await run.Engine.ForgetAsync(Somebody, Ct);
            await EngineRun.AppendAsync(_log, Of("second", 2), Ct);
            await run.Engine.CatchUpAsync(Ct);
            Assert.Equal(2, InteractionsOf(run.Engine));
        }

        using var engine = EngineRun.Open(_log, _options);
        await engine.RebuildAsync([], Ct);

        Assert.Equal(2, InteractionsOf(engine));
    }

    [Fact(Timeout = 30_000)]
    public async Task Sums_keep_their_share_of_a_forgotten_visitor()
    {
        await EngineRun.AppendAsync(_log, Of("first", 4), Ct);
        await using var run = await EngineRun.StartAsync(_log, _options, Ct);
        await run.Engine.CatchUpAsync(Ct);
        var before = new SalesSummary(run.Engine).Read();

        await run.Engine.ForgetAsync(Somebody, Ct);

        var after = new SalesSummary(run.Engine).Read();
        Assert.Equal(before.Visitors, after.Visitors);
        Assert.Equal(before.Events, after.Events);
        run.Engine.ReadEach<SalesProjection>((_, sales) => Assert.DoesNotContain(
            StableHash.Of(Somebody.Value), sales.Visitors.Hashes));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_visitor_that_is_not_known_is_forgotten_too()
    {
        await using var run = await EngineRun.StartAsync(_log, _options, Ct);

        var erased = await run.Engine.ForgetAsync(Somebody, Ct);

        Assert.All(erased.Places, place => Assert.Equal((0L, 0L), (place.Removed, place.Left)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Where_nothing_is_kept_forgetting_adds_one_mark_and_leaves_the_state_as_it_is()
    {
        await EngineRun.AppendAsync(_log, Of("first", 3), Ct);
        await using var run = await EngineRun.StartAsync(_log, _options, Ct);
        await run.Engine.ForgetAsync(Somebody, Ct);
        var before = StateBytes();

        for (var i = 0; i < 3; i++)
        {
            await EngineRun.AppendAsync(_log, [Late($"late-{i}")[0]], Ct);
            await run.Engine.ForgetAsync(Somebody, Ct);
        }

        Assert.Equal(before, StateBytes());
        var partition = StableHash.Partition(Somebody, 2);
        var marks = ForgetMarks.Read(_directory.In("forgotten.marks"));
        Assert.Equal(6, Assert.Single(marks.MarksOf(partition).ToArray()).Offset);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_a_projection_fails_to_remove_is_told()
    {
        await EngineRun.AppendAsync(_log, Of("first", 3), Ct);
        await using var run = await EngineRun.StartAsync(_log, _options, Ct, graph =>
            [.. ProjectionSet.Build(graph), new Hoarding()]);

        var erased = await run.Engine.ForgetAsync(Somebody, Ct);

        Assert.Equal(["hoarding"],
            erased.Places.Where(place => place.Left > 0).Select(place => place.Place));
    }

    /// <summary>Keeps the hashes of all visitors whatever happens.</summary>
    private sealed class Hoarding : IProjection
    {
        private readonly HashSet<ulong> _visitors = [];

        public string Name => "hoarding";

        public int Version => 1;

        public void Apply(in StreamEvent e) => _visitors.Add(StableHash.Of(e.Event.Visitor.Value));

        public void Forget(int visitor)
        {
        }

        public int KeptOf(int visitor) => 0;

        public int CountOf(ulong visitor) => _visitors.Contains(visitor) ? 1 : 0;

        public void Save(StateWriter output, bool everything)
        {
        }

        public void Load(StateReader input)
        {
        }
    }

    private byte[] StateBytes() => [.. Directory.GetFiles(_directory.In("state")).Order()
        .SelectMany(File.ReadAllBytes)];

    private static IReadOnlyList<IProjection> Refusing(PartitionGraph graph) =>
        [.. ProjectionSet.Build(graph),
        new CountingProjection(1, e => e.Event.Visitor == Somebody && !e.IsLate)];

    private static CommerceEvent[] Of(string prefix, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new CommerceEvent
        {
            Id = new($"{prefix}-{i}"),
            Source = "/shop",
            Name = EventName.ViewItem,
            Time = RandomShop.Start.AddMinutes(i),
            Visitor = Somebody,
            Lines = [new(new($"p{i}"), 1)],
        })];

    /// <summary>Another visitor moves the time on, and the somebody comes late.</summary>
    private static CommerceEvent[] Late(string id)
    {
        var late = Of(id, 1)[0];
        // Of the same partition, whose clock it is.
        var other = Enumerable.Range(0, 100).Select(i => new VisitorId($"other-{i}")).First(
            visitor => StableHash.Partition(visitor, 2) == StableHash.Partition(Somebody, 2));
        // And of a source of its own: else the sessions of before would end.
        return
        [
            late with
            {
                Id = new("on"),
                Source = "/late",
                Visitor = other,
                Time = late.Time.AddDays(2),
            },
            late with { Source = "/late" },
        ];
    }

    private static long RemovedFrom(ErasedState erased, string place) =>
        erased.Places.Single(one => one.Place == place).Removed;

    private static int InteractionsOf(CommerceEngine engine) =>
        engine.Read<ProfileProjection, int>(Somebody, (graph, profiles) =>
            profiles[graph.Visitors.Find(Somebody)].Length);

    private async Task<string[]> ReadAgainAsync(TemporaryDirectory folder, string[]? rebuild)
    {
        using var copy = folder.Copy();
        if (rebuild is not null)
        {
            using var engine = EngineRun.Open(_log, EngineRun.Options(copy));
            await engine.RebuildAsync(rebuild, Ct);
        }
        await using var run = await EngineRun.StartAsync(_log, EngineRun.Options(copy), Ct);
        return await run.AnswerAsync(Ct);
    }

    private string[] FilesWith(string text)
    {
        using var copy = _directory.Copy();
        return [.. Directory.GetFiles(copy.Path, "*", SearchOption.AllDirectories).Where(file =>
            File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)];
    }
}
