using StreamCommerce.Engine.Storage.Cosmos;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

public sealed class CosmosOptionsTests
{
    private const string Account = "https://name.documents.azure.com/";

    public static TheoryData<string, string> Wrong() => new()
    {
        { "Endpoint", "" },
        { "Endpoint", "name.documents.azure.com" },
        { "Endpoint", "ftp://name.documents.azure.com/" },
        { "Endpoint", "http://name.documents.azure.com/" },
        { "Key", "not base 64!" },
        { "Database", "" },
        { "Database", new('d', 256) },
        { "Region", "" },
        { "Region", new('r', 65) },
        { "RequestTimeout", "0.09" },
        { "RequestTimeout", "60.1" },
        { "RetryWaitMaximum", "0.009" },
        { "RetryWaitMaximum", "30.1" },
        { "ReadHedgeDelay", "-1" },
        { "ReadHedgeDelay", "10.1" },
        { "ReadHedgeDelay", "0.5" },
        { "LayoutLifetime", "-1" },
        { "LayoutLifetime", "301" },
        { "LedgerLifetime", "3599" },
        { "LedgerLifetime", "315360001" },
        { "ProfileLifetime", "86399" },
        { "ProfileLifetime", "315360001" },
        { "StockRegion", "" },
        { "StockRegion", new('r', 65) },
        { "RetryLimit", "-1" },
        { "RetryLimit", "21" },
        { "Node", "-1" },
        { "Node", "256" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_value_out_of_its_range_is_refused_by_its_key(string key, string value)
    {
        var wrong = Assert.Throws<ArgumentException>(() => With(key, value).Check());

        Assert.StartsWith($"Cosmos:{key} must be ", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Endpoint", "http://127.0.0.1:8081/")]
    [InlineData("Key", "")]
    [InlineData("RequestTimeout", "0.1")]
    [InlineData("RequestTimeout", "60")]
    [InlineData("RetryLimit", "0")]
    [InlineData("RetryLimit", "20")]
    [InlineData("Node", "255")]
    [InlineData("LayoutLifetime", "0")]
    [InlineData("LedgerLifetime", "3600")]
    [InlineData("ProfileLifetime", "86400")]
    [InlineData("StockRegion", "r")]
    public void A_value_at_the_end_of_its_range_is_taken(string key, string value) =>
        With(key, value).Check();

    private static CosmosOptions With(string key, string value)
    {
        var options = new CosmosOptions { Endpoint = Account };
        var property = typeof(CosmosOptions).GetProperty(key)!;
        property.SetValue(options, property.PropertyType == typeof(TimeSpan)
            ? TimeSpan.FromSeconds(double.Parse(
                value, System.Globalization.CultureInfo.InvariantCulture))
            : Convert.ChangeType(value,
                Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
                System.Globalization.CultureInfo.InvariantCulture));
        return options;
    }
}
