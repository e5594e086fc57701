using System.Buffers;
using System.Text;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Events;

public sealed class EventBatchTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private const string ViewTemplate =
        """
        {"specversion":"1.0","id":"ID","source":"/t","type":"view_item",
        "time":"2026-03-01T11:00:00Z",
        "data":{"visitorId":"v","items":[{"productId":"P","quantity":QUANTITY}]}}
        """;

    private static string View(string id, int quantity = 1) => ViewTemplate
        .ReplaceLineEndings("")
        .Replace("ID\"", $"{id}\"", StringComparison.Ordinal)
        .Replace("QUANTITY", $"{quantity}", StringComparison.Ordinal);

    private static EventBatch? Read(string body, BatchFormat format, out EventProblem? problem) =>
        EventBatch.Read(
            new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body)), format, Now, null,
            out problem);

    [Theory]
    [InlineData(BatchFormat.Array, "[", ",", "]")]
    [InlineData(BatchFormat.Lines, "", "\r\n\n", "\n")]
    public void One_bad_event_does_not_spoil_the_others(
        BatchFormat format, string open, string between, string close)
    {
        var body = open + string.Join(between, View("a"), View("b", -1), View("c")) + close;

        var batch = Read(body, format, out _)!;

        Assert.Equal(["a", "c"], batch.Accepted.Select(e => e.Id.Value));
        var refused = Assert.Single(batch.Refused);
        Assert.Equal((1, "b"), (refused.Index, refused.Id));
        Assert.Equal("/data/items/0/quantity", refused.Problem.Field);
    }

    [Fact]
    public void An_id_that_comes_twice_in_a_batch_counts_once()
    {
        var batch = Read($"[{View("a")},{View("a", 2)}]", BatchFormat.Array, out _)!;

        Assert.Equal(1, Assert.Single(batch.Accepted).Lines[0].Quantity);
        Assert.Equal(new RepeatedEvent(1, "a"), Assert.Single(batch.Repeated));
    }

    [Fact]
    public void An_id_that_two_visitors_send_counts_for_both()
    {
        var other = View("a").Replace("\"visitorId\":\"v\"", "\"visitorId\":\"w\"",
            StringComparison.Ordinal);

        var batch = Read($"[{View("a")},{other}]", BatchFormat.Array, out _)!;

        Assert.Equal(["v", "w"], batch.Accepted.Select(e => e.Visitor.Value));
        Assert.Empty(batch.Repeated);
    }

    [Theory]
    [InlineData(BatchFormat.Array, "[", ",", "]")]
    [InlineData(BatchFormat.Lines, "", "\n", "")]
    public void An_id_that_is_no_text_is_refused_alone(
        BatchFormat format, string open, string between, string close)
    {
        foreach (var id in new[] { "\\ud800", "caf\u00e9" })
        {
            var body = open + string.Join(between, View("a"), View(id), View("c")) + close;

            // In Latin-1, which is no UTF-8, where the id is not escaped.
            var batch = EventBatch.Read(
                new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(body)), format, Now, null,
                out _)!;

            Assert.Equal(["a", "c"], batch.Accepted.Select(e => e.Id.Value));
            var refused = Assert.Single(batch.Refused);
            Assert.Equal((1, null, "/id"), (refused.Index, refused.Id, refused.Problem.Field));
        }
    }

    [Fact]
    public void A_single_event_whose_id_is_no_text_is_refused()
    {
        var batch = Read(View("\\ud800"), BatchFormat.One, out _)!;

        Assert.Empty(batch.Accepted);
        Assert.Equal("/id", Assert.Single(batch.Refused).Problem.Field);
    }

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("[{\"a\":1},")]
    [InlineData("[1] trailing")]
    [InlineData("")]
    public void A_body_that_is_no_JSON_array_is_refused_whole(string body)
    {
        Assert.Null(Read(body, BatchFormat.Array, out var problem));
        Assert.NotNull(problem);
    }

    [Fact]
    public void A_line_that_is_no_JSON_is_refused_alone()
    {
        var batch = Read($"{View("a")}\n{{oops\n{View("b")}", BatchFormat.Lines, out _)!;

        Assert.Equal(2, batch.Accepted.Count);
        Assert.Equal(1, Assert.Single(batch.Refused).Index);
    }

    [Theory]
    [InlineData(BatchFormat.Array)]
    [InlineData(BatchFormat.Lines)]
    public void More_than_1000_events_are_refused_whole(BatchFormat format)
    {
        var events = Enumerable.Range(0, 1_001).Select(i => View($"e{i}"));
        var body = format == BatchFormat.Array
            ? $"[{string.Join(',', events)}]"
            : string.Join('\n', events);

        Assert.Null(Read(body, format, out var problem));
        Assert.Contains("1000", problem!.Detail, StringComparison.Ordinal);
    }
}
