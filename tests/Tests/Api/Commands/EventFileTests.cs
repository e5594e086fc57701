using StreamCommerce.Api.Commands;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Tests.Ingest.Datasets;
using Xunit;

namespace StreamCommerce.Tests.Api.Commands;

public sealed class EventFileTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("events.ndjson", false)]
    [InlineData("events.ndjson.gz", true)]
    public async Task A_simulated_file_reads_back_as_it_was_made(string name, bool compressed)
    {
        var ct = TestContext.Current.CancellationToken;
        using var rig = new ReplayRig();
        var file = rig.PathOf(name);
        var events = ReplayRig.Simulate(5_000);
        var meter = new ProgressMeter(TimeProvider.System);

        await EventFile.WriteAsync(file, events, meter, ct);

        Assert.Equal(compressed, (await File.ReadAllBytesAsync(file, ct))[0] == 0x1F);
        Assert.Equal(5_000, meter.Done);
        Assert.Equal(events.Select(CloudEventJson.ToText),
            DatasetFiles.Read("events", File.OpenRead(file)).Events()
                .Select(CloudEventJson.ToText));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_could_not_be_finished_never_takes_the_place_of_a_whole_one()
    {
        var ct = TestContext.Current.CancellationToken;
        using var rig = new ReplayRig();
        var file = rig.PathOf("events.ndjson");
        await File.WriteAllTextAsync(file, "whole", ct);

        await Assert.ThrowsAsync<InvalidOperationException>(() => EventFile.WriteAsync(
            file, Broken(), new ProgressMeter(TimeProvider.System), ct));

        Assert.Equal("whole", await File.ReadAllTextAsync(file, ct));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));

        static IEnumerable<CommerceEvent> Broken()
        {
            foreach (var e in ReplayRig.Simulate(3_000)) yield return e;
            throw new InvalidOperationException("The simulator broke.");
        }
    }
}
