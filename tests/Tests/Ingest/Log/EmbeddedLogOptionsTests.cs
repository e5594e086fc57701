using StreamCommerce.Ingest.Log;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Log;

public sealed class EmbeddedLogOptionsTests
{
    public static TheoryData<string, EmbeddedLogOptions> Wrong { get; } = new()
    {
        { "Log:Directory", new() { Directory = " " } },
        { "Log:PartitionCount", new() { PartitionCount = 33 } },
        { "Log:SegmentBytes", new() { SegmentBytes = 100 } },
        { "Log:QueueBytes", new() { QueueBytes = 0 } },
        { "Log:QueueCount", new() { QueueCount = 0 } },
        { "Log:RetentionBytes", new() { RetentionBytes = -1 } },
        { "Log:RetentionTime", new() { RetentionTime = TimeSpan.Zero } },
    };

    [Fact]
    public void The_defaults_work() => new EmbeddedLogOptions().Validate();

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_wrong_option_is_refused_by_its_name(string key, EmbeddedLogOptions options)
    {
        var refused = Assert.Throws<ArgumentException>(options.Validate);

        Assert.StartsWith(key, refused.Message, StringComparison.Ordinal);
    }
}
