using StreamCommerce.Api.Commands;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Models.Registry;
using StreamCommerce.Tests.Ingest.Log;
using StreamCommerce.Tests.Models.Trainer;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands.Models;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly ModelsRig _rig = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_trained_model_is_published_measured_and_does_not_answer_yet()
    {
        await _rig.WriteEventsAsync(1, Ct);

        var (code, output) = await _rig.RunAsync(Ct, "train", "--events", _rig.EventsFile,
            "--parameter", "dimensions=8");

        Assert.Equal(0, code);
        Assert.Contains("ndcg@20", output, StringComparison.Ordinal);
        var model = Assert.Single(await _rig.Registry.ListAsync(Ct)).Manifest!;
        Assert.Equal(("ials", 8, 40), (model.Trainer, model.Parameters["dimensions"],
            model.ItemCount));
        Assert.Null(await _rig.CurrentAsync(Ct));
    }

    [Fact]
    public async Task From_the_log_of_a_running_service_the_same_is_learnt_as_from_its_events()
    {
        var events = TrainingSamples.TwoTastes(1);
        await _rig.WriteEventsAsync(events, Ct);
        await using var log = EmbeddedEventLog.Open(
            new EmbeddedLogOptions { Directory = _rig.In("data/log") }, TimeProvider.System);
        foreach (var batch in events.Chunk(500)) await log.AppendAsync(batch, Ct);

        await _rig.RunAsync(Ct, "train", "--parameter", "dimensions=8");
        await _rig.RunAsync(Ct, "train", "--parameter", "dimensions=8",
            "--parameter", "epochs=2", "--events", _rig.EventsFile);

        var models = await _rig.Registry.ListAsync(Ct);
        Assert.Equal(2, models.Count);
        Assert.Equal(models[0].Manifest!.DataHash, models[1].Manifest!.DataHash);
    }

    [Fact]
    public async Task What_a_visitor_did_before_it_was_forgotten_is_not_learnt()
    {
        var events = TrainingSamples.TwoTastes(1);
        var forgotten = events[0].Visitor;
        await using (var log = EmbeddedEventLog.Open(
            new EmbeddedLogOptions { Directory = _rig.In("data/log") }, TimeProvider.System))
        {
            foreach (var batch in events.Chunk(500)) await log.AppendAsync(batch, Ct);
            // All but the visitor's last view lie in front of the mark.
            var partition = StableHash.Partition(forgotten, log.PartitionCount);
            var last = (await log.ReadToEndAsync(partition))
                .Last(logged => logged.Event.Visitor == forgotten);
            using var marks = new ForgottenVisitors(
                _rig.In("data/forgotten.marks"), new long[log.PartitionCount]);
            marks.Add(partition, new(StableHash.Of(forgotten.Value), last.Offset));
        }
        await _rig.WriteEventsAsync(events.Where(e => e.Visitor != forgotten)
            .Append(events.Last(e => e.Visitor == forgotten)), Ct);

        await _rig.RunAsync(Ct, "train", "--parameter", "dimensions=8");
        await _rig.RunAsync(Ct, "train", "--parameter", "dimensions=8",
            "--parameter", "epochs=2", "--events", _rig.EventsFile);

        var models = await _rig.Registry.ListAsync(Ct);
        Assert.Equal(models[0].Manifest!.DataHash, models[1].Manifest!.DataHash);
        Assert.Equal(models[0].Manifest!.ItemCount, models[1].Manifest!.ItemCount);
    }

    [Fact]
    public async Task The_first_model_is_promoted_a_worse_one_only_by_force_and_rolled_back()
    {
        var (bad, good) = await TrainBothAsync();

        Assert.Equal(0, (await _rig.RunAsync(Ct, "promote", good)).Code);
        var refused = await Assert.ThrowsAsync<CommandFailedException>(() => _rig.RunAsync(
            Ct, "promote", bad, "--events", _rig.EventsFile));
        Assert.Contains("It is worse by", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ndcg@20", refused.Message, StringComparison.Ordinal);
        Assert.Equal(good, await _rig.CurrentAsync(Ct));

        Assert.Equal(0, (await _rig.RunAsync(Ct, "promote", bad, "--force")).Code);
        Assert.Equal(bad, await _rig.CurrentAsync(Ct));
        Assert.Equal(0, (await _rig.RunAsync(Ct, "rollback", "--note", "too bad")).Code);
        Assert.Equal(good, await _rig.CurrentAsync(Ct));
        await Assert.ThrowsAsync<CommandFailedException>(() => _rig.RunAsync(Ct, "rollback"));
    }

    [Fact]
    public async Task A_better_model_passes_the_gate()
    {
        var (bad, good) = await TrainBothAsync();
        await _rig.RunAsync(Ct, "promote", bad);

        var (code, output) = await _rig.RunAsync(
            Ct, "promote", good, "--events", _rig.EventsFile);

        Assert.Equal(0, code);
        Assert.Contains("It is better by", output, StringComparison.Ordinal);
        Assert.Equal(good, await _rig.CurrentAsync(Ct));
    }

    [Fact]
    public async Task A_damaged_model_is_neither_promoted_nor_promoted_by_force_but_listed()
    {
        await _rig.WriteEventsAsync(1, Ct);
        var id = await _rig.TrainAsync(Ct);
        var file = _rig.In($"data/models/{id}.model");
        var bytes = await File.ReadAllBytesAsync(file, Ct);
        await File.WriteAllBytesAsync(file, bytes[..^3], Ct);

        var fault = await Assert.ThrowsAsync<ModelFileException>(
            () => _rig.RunAsync(Ct, "promote", id, "--force"));
        var (code, output) = await _rig.RunAsync(Ct, "list");

        Assert.Contains("cut short", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1, code);
        Assert.Contains("DAMAGED", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trainers_are_compared_on_one_split_in_one_table()
    {
        await _rig.WriteEventsAsync(1, Ct);

        var (code, output) = await _rig.RunAsync(Ct, "compare", "--events", _rig.EventsFile,
            "--trainers", "co-occurrence", "popularity");

        Assert.Equal(0, code);
        var rows = output.Split('\n').Where(line => line.Contains(" s ", StringComparison.Ordinal)
            && !line.Contains("Training", StringComparison.Ordinal)).ToList();
        // Two tastes: what everybody likes is the worse answer.
        Assert.Contains("co-occurrence", rows[0], StringComparison.Ordinal);
        Assert.Contains("popularity", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tuned_parameters_are_trained_with()
    {
        await _rig.WriteEventsAsync(1, Ct);
        var file = _rig.In("tuned.json");

        var (code, output) = await _rig.RunAsync(Ct, "tune", "--trainers", "co-occurrence",
            "--trials", "4", "--events", _rig.EventsFile, "--output", file);
        await _rig.RunAsync(Ct, "train", "--events", _rig.EventsFile, "--parameters", file);

        Assert.Equal(0, code);
        Assert.Contains("On the hold-out, which nothing was chosen by", output,
            StringComparison.Ordinal);
        Assert.Equal("co-occurrence",
            Assert.Single(await _rig.Registry.ListAsync(Ct)).Manifest!.Trainer);
    }

    [Fact]
    public async Task All_that_suits_the_questions_is_tuned_and_compared_as_tuned()
    {
        await _rig.WriteEventsAsync(1, Ct);
        var file = _rig.In("tuned.json");

        await _rig.RunAsync(Ct, "tune", "--trials", "1", "--events", _rig.EventsFile,
            "--output", file);
        var (code, output) = await _rig.RunAsync(Ct, "compare", "--events", _rig.EventsFile,
            "--trainers", "ials", "popularity", "--parameters", file);

        Assert.Equal(0, code);
        Assert.Contains("ials, tuned", output, StringComparison.Ordinal);
        Assert.DoesNotContain("popularity, tuned", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_tuned_with_a_half_life_and_weights_is_trained_with_them()
    {
        await _rig.WriteEventsAsync(1, Ct);
        var file = _rig.In("tuned.json");

        await _rig.RunAsync(Ct, "tune", "--trainers", "co-occurrence", "--trials", "1",
            "--half-life", "30", "--event-weights", "view=0.5,purchase=8",
            "--events", _rig.EventsFile, "--output", file);
        await _rig.RunAsync(Ct, "train", "--events", _rig.EventsFile, "--parameters", file);
        await _rig.RunAsync(Ct, "train", "--events", _rig.EventsFile, "--parameters", file,
            "--event-weights", "cart=3", "--half-life", "7");

        Assert.Equal([(0.5, 2, 8, 30), (0.5, 3, 8, 7)],
            (await _rig.Registry.ListAsync(Ct)).Select(model => model.Manifest!.Parameters)
                .Select(parameters => (parameters["viewWeight"], parameters["cartWeight"],
                    parameters["purchaseWeight"], parameters["interactionHalfLifeDays"]))
                .OrderByDescending(weights => weights.Item4));
    }

    [Theory]
    [InlineData("popularity")]
    [InlineData("session-blend")]
    public async Task What_cannot_be_published_is_refused_before_anything_is_read(string trainer)
    {
        var fault = await Assert.ThrowsAsync<CommandFailedException>(() => _rig.RunAsync(
            Ct, "train", "--trainer", trainer, "--events", _rig.In("there-is-none")));

        Assert.Contains("can be compared, not published", fault.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_not_tuned_is_told_as_such()
    {
        await File.WriteAllTextAsync(_rig.In("tuned.json"), """{"trainers":[]}""", Ct);

        var fault = await Assert.ThrowsAsync<CommandFailedException>(() => _rig.RunAsync(
            Ct, "train", "--parameters", _rig.In("tuned.json")));

        Assert.Contains("names no trainer", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train", "--trainer", "crystal-ball")]
    [InlineData("train", "--hold-out", "1")]
    [InlineData("train", "--threads", "0")]
    [InlineData("train", "--half-life", "0")]
    [InlineData("train", "--test", "file")]
    [InlineData("train", "--event-weights", "view=0")]
    [InlineData("train", "--event-weights", "glance=1")]
    [InlineData("train", "--questions", "0")]
    [InlineData("train", "--protocol", "leave-one-out")]
    [InlineData("compare", "--trainers", "crystal-ball")]
    [InlineData("tune", "--trials", "0")]
    [InlineData("promote")]
    public async Task A_wrong_command_line_is_told_as_such(params string[] arguments) =>
        Assert.Equal(CommandLine.Misused, (await _rig.RunAsync(Ct, arguments)).Code);

    [Theory]
    [InlineData("dimension=8", "There is no parameter 'dimension'")]
    [InlineData("dimensions", "is not of the form NAME=VALUE")]
    [InlineData("dimensions=0", "Dimensions is outside its limits")]
    [InlineData("dimensions=1500", "it must be 1 to 1024")]
    public async Task A_wrong_parameter_is_told_with_what_there_is(string parameter, string told)
    {
        await _rig.WriteEventsAsync(1, Ct);

        var fault = await Assert.ThrowsAsync<CommandFailedException>(() => _rig.RunAsync(
            Ct, "train", "--events", _rig.EventsFile, "--parameter", parameter));

        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_log_or_a_model_it_is_told()
    {
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => _rig.RunAsync(Ct, "train"));
        await Assert.ThrowsAsync<ModelMissingException>(() => _rig.RunAsync(Ct, "promote", "m1"));
        Assert.Contains("There are no models", (await _rig.RunAsync(Ct, "list")).Output,
            StringComparison.Ordinal);
    }

    /// <summary>A model of shoppers who look at anything, and one of those who ask; the events are
    /// of the latter.</summary>
    private async Task<(string Bad, string Good)> TrainBothAsync()
    {
        await _rig.WriteEventsAsync(TrainingSamples.NoTaste(2), Ct);
        var bad = await _rig.TrainAsync(Ct);
        await _rig.WriteEventsAsync(1, Ct);
        return (bad, await _rig.TrainAsync(Ct));
    }
}
