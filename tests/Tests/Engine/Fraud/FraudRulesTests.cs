using System.Text;
using StreamCommerce.Engine.Fraud;
using Xunit;

namespace StreamCommerce.Tests.Engine.Fraud;

public sealed class FraudRulesTests
{
    // With apostrophes for quotes, which JSON lets nobody mistake.
    private const string Head = "{'version':'1','currency':'EUR'," +
        "'thresholds':{'challenge':30,'review':60,'block':85}";

    private const string When = "'when':[{'signal':'amount','above':1}]";

    [Theory]
    [InlineData("{'version':'1'}", "", "currency")]
    [InlineData("{'version':1}", "/version", "type")]
    [InlineData(Head + ",'rulez':[]}", "/rulez", "no field")]
    [InlineData(Head + ",'rates':{'EUR':1}}", "/rates/EUR", "other than EUR")]
    [InlineData(Head + ",'rates':{'USD':0}}", "/rates/USD", "above 0")]
    [InlineData(Head + ",'lists':{'block':{'ip':['10.0.0.0/99']}}}",
        "/lists/block/ip/0", "network")]
    [InlineData(Head + ",'lists':{'allow':{'country':['DE']}}}",
        "/lists/allow/country", "empty")]
    [InlineData(Head + ",'lists':{'block':{'email':['a@b.example','oops']}}}",
        "/lists/block/email/1", "domain")]
    [InlineData(Head + ",'rules':[{'name':'a','reason':'A','points':1," +
        "'when':[{'signal':'amuont','above':1}]}]}", "/rules/0/when/0/signal", "amount")]
    [InlineData(Head + ",'rules':[{'name':'a','reason':'A','points':1," +
        "'when':[{'signal':'amount'}]}]}", "/rules/0/when/0", "atLeast")]
    [InlineData(Head + ",'rules':[{'name':'a','reason':'A','points':1,'when':[]}]}",
        "/rules/0/when", "1 to 8")]
    [InlineData(Head + ",'rules':[{'name':'a','reason':'a b','points':1," + When + "}]}",
        "/rules/0/reason", "capital")]
    [InlineData(Head + ",'rules':[{'name':'a','reason':'A','points':101," + When + "}]}",
        "/rules/0/points", "100")]
    [InlineData(Head + ",'rules':[{'name':'a','reason':'A'," + When + "}]}",
        "/rules/0/points", "decision")]
    [InlineData(Head + ",'rules':[{'name':'a','reason':'A','decision':'allow'," + When + "}]}",
        "/rules/0/decision", "allow list")]
    [InlineData(Head + ",'rules':[{'name':'a','reason':'A','decision':'kill'," + When + "}]}",
        "/rules/0/decision", "type")]
    [InlineData(Head, "", "JSON")]
    public void Every_fault_is_told_with_its_path(string json, string path, string says)
    {
        Assert.Null(FraudRules.TryRead(ToJson(json), out var faults));

        Assert.Equal(path, faults[0].Path);
        Assert.Contains(says, faults[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Thresholds_must_rise()
    {
        var set = Attempts.Rules() with { Thresholds = new(60, 30, 85) };

        Assert.Equal("/thresholds", Assert.Single(FraudRuleCheck.Check(set)).Path);
        Assert.Throws<InvalidDataException>(() => FraudPolicy.Of(set));
    }

    [Fact]
    public void Comments_and_a_last_comma_are_let_pass()
    {
        Assert.NotNull(FraudRules.TryRead(ToJson(Head + ", // ours\n}"), out _));
    }

    [Fact]
    public void Rules_are_read_as_they_were_written()
    {
        var written = FraudRules.Write(FraudRules.Default.Set);

        var read = FraudRules.TryRead(written, out var faults);

        Assert.Empty(faults);
        Assert.Equal(written, FraudRules.Write(read!.Set));
    }

    [Fact]
    public void Every_signal_has_a_name_of_its_own()
    {
        Assert.Equal(FraudSignals.Count, FraudSignals.Names.Distinct().Count());
        Assert.InRange(FraudSignals.Count, 100, 255);
    }

    private static byte[] ToJson(string text) => Encoding.UTF8.GetBytes(text.Replace('\'', '"'));
}
