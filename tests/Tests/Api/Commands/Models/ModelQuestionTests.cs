using StreamCommerce.Api.Commands;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Models.Trainer;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands.Models;

/// <summary>What the verbs of <c>models</c> ask, and of whom.</summary>
public sealed class ModelQuestionTests : IDisposable
{
    private readonly ModelsRig _rig = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Trainers_of_sessions_are_asked_for_next_items_of_events()
    {
        await _rig.WriteEventsAsync(VisitorsWithSessions(), Ct);

        var (_, sessions) = await _rig.RunAsync(Ct, "compare", "--events", _rig.EventsFile,
            "--trainers", "sequential-rules", "transitions");
        var (_, both) = await _rig.RunAsync(Ct, "compare", "--events", _rig.EventsFile,
            "--trainers", "sequential-rules", "co-occurrence");

        Assert.DoesNotContain("was not measured", sessions, StringComparison.Ordinal);
        Assert.Contains("sequential-rules was not measured", both, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_of_sessions_says_what_it_was_asked_and_is_compared_by_that()
    {
        await _rig.WriteEventsAsync(VisitorsWithSessions(), Ct);
        string[] train = ["train", "--events", _rig.EventsFile, "--trainer", "transitions",
            "--hold-out", "0.4"];
        await _rig.RunAsync(Ct, train);
        var first = Assert.Single(await _rig.Registry.ListAsync(Ct)).Id;
        await _rig.RunAsync(Ct, "promote", first);
        await _rig.RunAsync(Ct, [.. train, "--parameter", "steps=1"]);
        var second = (await _rig.Registry.ListAsync(Ct)).Single(model => model.Id != first).Id;

        var (code, output) = await _rig.RunAsync(
            Ct, "promote", second, "--events", _rig.EventsFile);

        var manifest = (await _rig.Registry.ListAsync(Ct))[0].Manifest!;
        Assert.Equal("next-item", manifest.Protocol);
        Assert.Equal(0, code);
        Assert.Contains("on the same", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_split_is_trained_from_and_published_models_are_measured_on_it()
    {
        var (train, test) = await WriteSplitAsync();

        Assert.Equal(0, (await _rig.RunAsync(Ct, "train", "--split", train, "--test", test,
            "--parameter", "dimensions=8", "--output", _rig.In("m.model"))).Code);
        var (code, output) = await _rig.RunAsync(
            Ct, "evaluate", _rig.In("m.model"), "--split", train, "--test", test);

        Assert.Equal(0, code);
        Assert.Contains("recall@20", output, StringComparison.Ordinal);
        Assert.Contains(" 80 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_a_split_only_what_learnt_from_its_training_part_is_promoted()
    {
        var (train, test) = await WriteSplitAsync();
        await _rig.RunAsync(Ct, "train", "--split", train, "--test", test,
            "--parameter", "dimensions=8");
        var first = Assert.Single(await _rig.Registry.ListAsync(Ct)).Id;
        await _rig.RunAsync(Ct, "promote", first);
        await _rig.RunAsync(Ct, "train", "--split", train, "--test", test,
            "--trainer", "co-occurrence");
        await _rig.WriteEventsAsync(1, Ct);
        var stranger = await _rig.TrainAsync(Ct);
        var second = (await _rig.Registry.ListAsync(Ct)).Select(model => model.Id)
            .Single(id => id != first && id != stranger);

        var unfair = await Assert.ThrowsAsync<CommandFailedException>(() => _rig.RunAsync(
            Ct, "promote", stranger, "--split", train, "--test", test));
        var (_, evaluated) = await _rig.RunAsync(
            Ct, "evaluate", stranger, second, "--split", train, "--test", test);

        Assert.Contains("the split is not fair to both", unfair.Message,
            StringComparison.Ordinal);
        Assert.Contains($"{stranger} has learnt from other data", evaluated,
            StringComparison.Ordinal);
        Assert.DoesNotContain($"{second} has learnt", evaluated, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_final_model_has_learnt_from_all_data_and_waits_for_newer_events()
    {
        await _rig.WriteEventsAsync(1, Ct);
        var first = await _rig.TrainAsync(Ct);
        await _rig.RunAsync(Ct, "promote", first);
        var final = await _rig.TrainAsync(Ct, "--final");

        var waits = await Assert.ThrowsAsync<CommandFailedException>(() => _rig.RunAsync(
            Ct, "promote", final, "--events", _rig.EventsFile));

        Assert.Contains("Wait for newer events", waits.Message, StringComparison.Ordinal);
        var manifests = (await _rig.Registry.ListAsync(Ct)).ToDictionary(
            model => model.Id, model => model.Manifest!);
        Assert.Equal(manifests[first].DataUntil, manifests[final].MeasuredUntil);
        Assert.Equal(manifests[first].Metrics, manifests[final].Metrics);
        Assert.True(manifests[final].InteractionCount > manifests[first].InteractionCount);
    }

    [Fact]
    public async Task No_more_questions_are_asked_than_wanted_and_how_many_there_are_is_told()
    {
        await _rig.WriteEventsAsync(1, Ct);

        var (_, output) = await _rig.RunAsync(Ct, "compare", "--events", _rig.EventsFile,
            "--trainers", "popularity", "--questions", "25");

        Assert.Contains("questions 25 are asked, evenly spread", output,
            StringComparison.Ordinal);
        Assert.Contains(" 25 ", output, StringComparison.Ordinal);
    }

    private async Task<(string Train, string Test)> WriteSplitAsync()
    {
        var (train, test) = (_rig.In("train.txt"), _rig.In("test.txt"));
        var users = Enumerable.Range(0, 80).Select(user => Enumerable.Range(0, 10)
            .Select(i => (user % 2) + (2 * ((user / 2 + i) % 20)))).ToList();
        await File.WriteAllLinesAsync(train, users.Select(
            (items, user) => $"{user} {string.Join(' ', items.Take(7))}"), Ct);
        await File.WriteAllLinesAsync(test, users.Select(
            (items, user) => $"{user} {string.Join(' ', items.Skip(7))}"), Ct);
        return (train, test);
    }

    /// <summary>Visitors who come for an hour each, one after the other, and go through the
    /// catalogue in its order.</summary>
    private static IEnumerable<CommerceEvent> VisitorsWithSessions() =>
        Enumerable.Range(0, 120).SelectMany(visitor => Enumerable.Range(0, 4).Select(click =>
            TrainingSamples.Event($"v{visitor:D3}", (60 * visitor) + click, EventName.ViewItem,
                $"s{(visitor + click) % 12:D2}")));
}
