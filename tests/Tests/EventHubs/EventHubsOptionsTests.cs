using StreamCommerce.Ingest.EventHubs;
using Xunit;

namespace StreamCommerce.Tests.EventHubs;

public sealed class EventHubsOptionsTests
{
    private static readonly Dictionary<string, Action<EventHubsOptions>> Spoils = new()
    {
        ["ConnectionString beside a namespace"] = o => o.Namespace = "shop.servicebus.windows.net",
        ["ConnectionString"] = o => o.ConnectionString = null,
        ["Hub"] = o => (o.ConnectionString, o.Namespace) = (null, "shop.servicebus.windows.net"),
        ["ConsumerGroup"] = o => o.ConsumerGroup = " ",
        ["CheckpointContainer"] = o => o.CheckpointContainer = "checkpoints",
        ["BatchBytes"] = o => o.BatchBytes = 1_000,
        ["QueueBytes"] = o => o.QueueBytes = 0,
        ["TryTimeout"] = o => o.TryTimeout = TimeSpan.FromHours(1),
        ["RetryCount"] = o => o.RetryCount = -1,
        ["RetryDelay"] = o => o.RetryDelay = TimeSpan.Zero,
        ["SpillDirectory"] = o => o.SpillDirectory = "",
        ["SpillBytes"] = o => o.SpillBytes = -1,
        ["DrainInterval"] = o => o.DrainInterval = TimeSpan.Zero,
        ["PrefetchCount"] = o => o.PrefetchCount = -1,
        ["StatusAge"] = o => o.StatusAge = TimeSpan.FromHours(1),
        ["CheckpointInterval"] = o => o.CheckpointInterval = TimeSpan.FromHours(1),
        ["BalanceInterval"] = o => o.BalanceInterval = TimeSpan.Zero,
        ["OwnershipTime"] = o => o.OwnershipTime = TimeSpan.FromSeconds(11),
    };

    public static TheoryData<string> Wrong => [.. Spoils.Keys];

    [Fact]
    public void The_defaults_need_nothing_but_the_hub() => Good().Validate();

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_option_is_named(string wrong)
    {
        var options = Good();
        Spoils[wrong](options);

        var fault = Assert.Throws<ArgumentException>(options.Validate);

        Assert.StartsWith(
            $"EventHubs:{wrong.Split(' ')[0]} ", fault.Message, StringComparison.Ordinal);
    }

    private static EventHubsOptions Good() => new()
    {
        ConnectionString = "Endpoint=sb://shop.servicebus.windows.net;EntityPath=events;" +
            "SharedAccessKeyName=send;SharedAccessKey=dGVzdA==",
    };
}
