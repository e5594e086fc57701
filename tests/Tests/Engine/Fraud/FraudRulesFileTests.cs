using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Fraud;

public sealed class FraudRulesFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly FraudScreen _screen = new();
    private readonly FraudRulesFile _files;

    public FraudRulesFileTests() => _files = Open(_screen);

    [Fact]
    public void A_shop_without_a_file_has_the_default_rules()
    {
        Assert.Equal("default-1", _screen.Active.Set.Version);
        Assert.Null(_screen.Shadow);
    }

    [Fact]
    public void A_file_that_is_put_changed_and_removed_is_followed()
    {
        Save("fraud.json", "one");
        Assert.Equal("default-1", _screen.Active.Set.Version);
        Look();
        Assert.Equal("one", _screen.Active.Set.Version);

        Save("fraud.json", "the second");
        Look();
        Assert.Equal("the second", _screen.Active.Set.Version);

        File.Delete(_folder.In("fraud.json"));
        Look();
        Assert.Equal("default-1", _screen.Active.Set.Version);
    }

    [Fact]
    public void A_damaged_file_changes_nothing_and_is_told()
    {
        Save("fraud.json", "good");
        Look();

        File.WriteAllText(_folder.In("fraud.json"), """{"version":"half""");
        Look();

        Assert.Equal("good", _screen.Active.Set.Version);
        Assert.Contains("fraud.json", _files.Fault, StringComparison.Ordinal);

        Save("fraud.json", "repaired");
        Look();
        Assert.Equal("repaired", _screen.Active.Set.Version);
        Assert.Null(_files.Fault);
    }

    [Fact]
    public void A_trial_begins_and_ends_with_its_file()
    {
        Save("fraud-shadow.json", "trial");
        Look();
        Assert.Equal("trial", _screen.Shadow?.Set.Version);

        File.Delete(_folder.In("fraud-shadow.json"));
        Look();
        Assert.Null(_screen.Shadow);
    }

    [Fact]
    public void A_trial_in_another_currency_is_left_out_and_told()
    {
        Save("fraud-shadow.json", "trial", "USD");
        Look();

        Assert.Null(_screen.Shadow);
        Assert.Contains("/currency", _files.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_put_is_there_after_a_restart()
    {
        var put = _files.Put(Text("stored"), shadow: false, null, out _);

        var screen = new FraudScreen();
        using var again = Open(screen);

        Assert.Equal("stored", screen.Active.Set.Version);
        Assert.Equal(put.Value!.Revision, again.Active.Revision);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.new"));
    }

    [Fact]
    public void Only_the_revision_that_was_read_is_replaced()
    {
        var read = _files.Active.Revision;
        Assert.NotNull(_files.Put(Text("mine"), shadow: false, read, out _).Value);

        var late = _files.Put(Text("theirs"), shadow: false, read, out var faults);

        Assert.Equal(RefusalCode.VersionMismatch, late.Refusal?.Code);
        Assert.Empty(faults);
        Assert.Equal("mine", _screen.Active.Set.Version);
    }

    [Fact]
    public void A_trial_may_be_asked_to_be_the_only_one()
    {
        Assert.NotNull(_files.Put(Text("first"), shadow: true, 0, out _).Value);

        Assert.Equal(RefusalCode.VersionMismatch,
            _files.Put(Text("second"), shadow: true, 0, out _).Refusal?.Code);
        Assert.Null(_files.RemoveShadow(_files.Shadow!.Revision));
        Assert.Null(_screen.Shadow);
    }

    public void Dispose()
    {
        _files.Dispose();
        _folder.Dispose();
    }

    private FraudRulesFile Open(FraudScreen screen) =>
        new(_folder.Path, screen, _time, NullLogger<FraudRulesFile>.Instance);

    private void Look() => _time.Advance(FraudRulesFile.Interval);

    private void Save(string name, string version, string currency = "EUR") =>
        File.WriteAllBytes(_folder.In(name), Text(version, currency));

    private static byte[] Text(string version, string currency = "EUR") => Encoding.UTF8.GetBytes(
        $$"""
        {"version":"{{version}}","currency":"{{currency}}",
         "thresholds":{"challenge":30,"review":60,"block":85} }
        """);
}
