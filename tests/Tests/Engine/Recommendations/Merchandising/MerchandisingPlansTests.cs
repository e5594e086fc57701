using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Recommendations.Merchandising;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Merchandising;

public sealed class MerchandisingPlansTests : IDisposable
{
    private const string HideTea = """{"hidden":[{"skus":["tea"]}]}""";

    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _time = new(new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly Shelf _shelf = new(new(limit: 100));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_changed_file_changes_the_plan_and_a_damaged_one_does_not()
    {
        using var plans = Open();
        Assert.True(plans.Current.IsEmpty);

        Write(HideTea);
        _time.Advance(MerchandisingPlans.Interval);
        Assert.True(IsHidden(plans, "tea"));

        Write("""{"hidden":[{"skus":["cup"]},{}]}""");
        _time.Advance(MerchandisingPlans.Interval);
        Assert.True(IsHidden(plans, "tea"));
        Assert.False(IsHidden(plans, "cup"));

        File.Delete(FilePath);
        _time.Advance(MerchandisingPlans.Interval);
        Assert.True(IsHidden(plans, "tea"));
    }

    [Fact]
    public void A_rule_begins_and_ends_without_anybody_touching_the_file()
    {
        Write("""
            // People write comments.
            {"hidden":[{"skus":["tea"],"from":"2026-05-01T01:00:00Z","to":"2026-05-01T02:00:00Z"},]}
            """);
        using var plans = Open();
        var hours = new List<bool>();
        for (var hour = 0; hour < 3; hour++)
        {
            hours.Add(IsHidden(plans, "tea"));
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal([false, true, false], hours);
    }

    [Fact]
    public void A_plan_that_was_put_is_there_after_a_restart()
    {
        long version;
        using (var plans = Open())
            version = plans.Put(Plan("tea"), ifMatch: 0).Value!.Version;

        using var again = Open();

        Assert.Equal(version, again.Current.Version);
        Assert.True(IsHidden(again, "tea"));
    }

    [Fact]
    public void A_plan_that_somebody_else_has_changed_is_not_replaced()
    {
        using var plans = Open();
        var read = plans.Put(Plan("cup"), null).Value!.Version;
        // By hand, and not looked at yet.
        Write(HideTea);

        var refusal = plans.Put(Plan("pot"), read).Refusal!;

        Assert.Equal(RefusalCode.VersionMismatch, refusal.Code);
        Assert.True(IsHidden(plans, "tea"));
    }

    [Fact]
    public void A_shop_does_not_start_with_a_damaged_plan()
    {
        Write("""{"boosts":[{"skus":["tea"],"factor":0}]}""");

        var fault = Assert.Throws<InvalidDataException>(Open);

        Assert.Contains("/boosts/0/factor", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"boosts":[{"factor":2}]}""", "/boosts/0", "names no product")]
    [InlineData("""{"boosts":[{"factor":101,"skus":["a"]}]}""", "/boosts/0/factor", "0.01 to 100")]
    [InlineData("""{"boosts":[{"skus":["a"]}]}""", "/boosts/0", "lacks")]
    [InlineData("""{"hidden":[{"brands":[""]}]}""", "/hidden/0/brands/0", "1 to 500")]
    [InlineData("""{"hidden":[{"sku":"a"}]}""", "/hidden/0/sku", "is no field")]
    [InlineData("""{"pins":[{"sku":"a","position":0}]}""", "/pins/0/position", "1 to 50")]
    [InlineData("""{"pins":[{"sku":"","position":1}]}""", "/pins/0/sku", "1 to")]
    [InlineData("""{"pins":[{"sku":"a","position":1,"placement":"Home page"}]}""",
        "/pins/0/placement", "small letters")]
    [InlineData("""{"pins":[{"sku":"a","position":1,"from":"2026-01-02Z","to":"2026-01-01Z"}]}""",
        "/pins/0", "")]
    [InlineData("""
        {"hidden":[{"skus":["a"],"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}]}
        """, "/hidden/0/to", "behind from")]
    public void What_is_wrong_is_named_with_its_field_and_what_would_be_right(
        string text, string path, string detail)
    {
        var (plan, fault) = MerchandisingJson.Parse(System.Text.Encoding.UTF8.GetBytes(text));

        Assert.Null(plan);
        Assert.StartsWith(path, fault!.Path, StringComparison.Ordinal);
        Assert.Contains(detail, fault.Detail, StringComparison.Ordinal);
    }

    private string FilePath => Path.Combine(_folder.Path, MerchandisingPlans.FileName);

    private static MerchandisingPlan Plan(string hidden) =>
        new() { Hidden = [new() { Skus = [new(hidden)] }] };

    private MerchandisingPlans Open() => MerchandisingPlans.Open(
        FilePath, _shelf, _time, NullLogger<MerchandisingPlans>.Instance);

    private bool IsHidden(MerchandisingPlans plans, string sku) =>
        plans.Now.IsHidden(_shelf.Items.Resolve(new(sku)));

    private void Write(string text) => File.WriteAllText(FilePath, text);
}
