using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Simulation;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Datasets;

public sealed class EventLinesReaderTests
{
    private static readonly List<CommerceEvent> Simulated = [.. new ShopperSimulator(
        SimulatedCatalogue.Create(1, 50), new SimulatorOptions { Seed = 3 }).Events(3)];

    private static string Json(int i) => CloudEventJson.ToText(Simulated[i]);

    [Fact]
    public void An_event_a_line_comes_back_as_it_was_written()
    {
        var rows = DatasetFiles.ReadText("events",
            $"\uFEFF{Json(0)}\n\n  {Json(1)}\r\n\t\n{Json(2)}");

        Assert.Equal([(1L, 1L), (2L, 3L), (3L, 5L)], rows.Select(row => (row.Position, row.Line)));
        Assert.Equal(Simulated.Select(CloudEventJson.ToText),
            rows.Events().Select(CloudEventJson.ToText));
    }

    [Fact]
    public void A_bad_line_is_told_with_its_number_and_what_is_wrong()
    {
        var rows = DatasetFiles.ReadText("events",
            $"{Json(0)}\n{{\"specversion\":\"9\"}}\n{{oops\n{Json(1)}\n");

        var bad = rows.Bad();
        Assert.Equal([2L, 3L], bad.Select(row => row.Line));
        Assert.StartsWith("/specversion is \"9\"", bad[0].Problem, StringComparison.Ordinal);
        Assert.Equal(2, rows.Events().Count());
    }

    [Theory]
    [InlineData(EventRules.EventBytesLimit + 1)]
    [InlineData(1_000_000)]
    public void A_line_over_the_limit_is_one_bad_row_and_the_rest_is_read(int length)
    {
        var rows = DatasetFiles.ReadText("events",
            $"{Json(0)}\n{{{new string(' ', length - 1)}\n{Json(1)}\n{new string('x', length)}");

        Assert.Equal([2L, 4L], rows.Bad().Select(row => row.Line));
        Assert.Equal([1L, 3L], rows.Where(row => row.Event is not null).Select(row => row.Line));
    }

    [Fact]
    public void A_file_of_another_kind_is_refused_by_its_first_line() =>
        Assert.Throws<InvalidDataException>(() => DatasetFiles.ReadText("events", "a,b\n1,2\n"));

    [Fact]
    public void An_empty_file_holds_no_events() =>
        Assert.Empty(DatasetFiles.ReadText("events", "\n \n"));
}
