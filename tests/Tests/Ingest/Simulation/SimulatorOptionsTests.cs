using StreamCommerce.Ingest.Simulation;
using Xunit;

namespace StreamCommerce.Tests.Ingest.Simulation;

public sealed class SimulatorOptionsTests
{
    public static TheoryData<string, Func<SimulatorOptions>> OutOfRange => new()
    {
        { "Seed", () => new() { Seed = -1 } },
        { "Start", () => new() { Start = DateTimeOffset.MinValue } },
        { "SessionsPerHour", () => new() { SessionsPerHour = 0 } },
        { "SessionsPerHour", () => new() { SessionsPerHour = double.NaN } },
        { "ReturningShare", () => new() { ReturningShare = 1 } },
        { "CustomerShare", () => new() { CustomerShare = 1.01 } },
        { "NoSessionIdShare", () => new() { NoSessionIdShare = -0.01 } },
        { "ReturnShare", () => new() { ReturnShare = 2 } },
        { "LateShare", () => new() { LateShare = 0.6 } },
        { "LatenessLimit", () => new() { LatenessLimit = TimeSpan.Zero } },
        { "FlashSalesPerDay", () => new() { FlashSalesPerDay = 49 } },
        { "FlashSaleDuration", () => new() { FlashSaleDuration = TimeSpan.FromDays(1) } },
        { "FlashSaleRush", () => new() { FlashSaleRush = double.PositiveInfinity } },
        { "ActiveSessionLimit", () => new() { ActiveSessionLimit = 0 } },
        { "PendingReturnLimit", () => new() { PendingReturnLimit = -1 } },
        { "AbandonedCartLimit", () => new() { AbandonedCartLimit = 1_000_001 } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_value_out_of_its_range_is_refused_by_the_name_of_its_option(
        string option, Func<SimulatorOptions> make)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(option, make);

        Assert.StartsWith($"{option} must be ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_start_is_kept_in_utc()
    {
        var noonInTokyo = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(9));

        var options = new SimulatorOptions { Start = noonInTokyo };

        Assert.Equal(TimeSpan.Zero, options.Start.Offset);
        Assert.Equal(noonInTokyo, options.Start);
    }
}
