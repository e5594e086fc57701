using StreamCommerce.Engine.Fraud;
using Xunit;
using static StreamCommerce.Tests.Engine.Fraud.Attempts;

namespace StreamCommerce.Tests.Engine.Fraud;

public sealed class FraudPolicyTests
{
    [Theory]
    [InlineData(29, FraudDecision.Allow)]
    [InlineData(30, FraudDecision.Challenge)]
    [InlineData(60, FraudDecision.Review)]
    [InlineData(85, FraudDecision.Block)]
    [InlineData(-50, FraudDecision.Allow)]
    public void The_score_decides_by_its_thresholds(int points, FraudDecision decision)
    {
        var screening = new FraudScreen(Policy(Rule("amount", 1, points))).Screen(Attempt("o"));

        Assert.Equal(decision, screening.Decision);
        Assert.Equal(Math.Max(0, points), screening.Score);
    }

    [Fact]
    public void A_score_ends_at_100()
    {
        var policy = Policy(Rule("amount", 1, 90), Rule("amount", 2, 90));

        Assert.Equal(100, new FraudScreen(policy).Screen(Attempt("o")).Score);
    }

    [Fact]
    public void A_rule_may_decide_more_sternly_than_the_score_and_never_more_mildly()
    {
        var stern = Policy(Rule("amount", 1, 5, FraudDecision.Review));
        var mild = Policy(Rule("amount", 1, 90, FraudDecision.Challenge));

        Assert.Equal(FraudDecision.Review, new FraudScreen(stern).Screen(Attempt("o")).Decision);
        Assert.Equal(FraudDecision.Block, new FraudScreen(mild).Screen(Attempt("o")).Decision);
    }

    [Fact]
    public void Who_is_allowed_is_allowed_whatever_else_is_said_and_it_is_recorded()
    {
        var policy = FraudPolicy.Of(Rules(Rule("amount", 1, 100)) with
        {
            Lists = new()
            {
                Allow = new() { Account = ["customer:ann"] },
                Block = new() { Ip = ["192.0.2.0/24"] },
            },
        });

        var screening = new FraudScreen(policy).Screen(Attempt("o") with { Ip = "192.0.2.9" });

        Assert.Equal(FraudDecision.Allow, screening.Decision);
        Assert.Equal(100, screening.Score);
        Assert.Equal(["R_AMOUNT", "LIST_ALLOW_ACCOUNT", "LIST_BLOCK_IP"],
            screening.Reasons.Select(reason => reason.Code));
    }

    [Fact]
    public void Of_the_other_lists_the_sternest_wins()
    {
        var policy = FraudPolicy.Of(Rules() with
        {
            Lists = new()
            {
                Review = new() { Email = ["@odd.example"] },
                Block = new() { Country = ["XX"] },
            },
        });
        var screen = new FraudScreen(policy);
        var request = Attempt("o") with { Email = "ann@odd.example" };

        Assert.Equal(FraudDecision.Review, screen.Screen(request).Decision);
        Assert.Equal(FraudDecision.Block,
            screen.Screen(request with { ShippingCountry = "xx" }).Decision);
        Assert.Equal(FraudDecision.Allow, screen.Screen(Attempt("p")).Decision);
    }

    [Fact]
    public void A_rule_about_what_is_not_known_does_not_fire()
    {
        var policy = Policy(Rule("card.attempts.1h", 0, 50), Rule("ip.country_differs", 0, 50));

        Assert.Equal(0, new FraudScreen(policy).Screen(Attempt("o")).Score);
    }

    [Fact]
    public void Rules_on_trial_are_recorded_and_decide_nothing()
    {
        var screen = new FraudScreen(Policy());
        screen.Use(Policy(), FraudPolicy.Of(Rules(Rule("amount", 1, 100)) with
        {
            Version = "trial",
            Lists = new() { Block = new() { Account = ["customer:ann"] } },
        }));

        var screening = screen.Screen(Attempt("o"));

        Assert.Equal(FraudDecision.Allow, screening.Decision);
        Assert.Equal(0, screening.Score);
        Assert.Empty(screening.Reasons);
        Assert.Equal(FraudDecision.Block, screening.Shadow!.Decision);
        Assert.Equal("trial", screening.Shadow.Rules);
        Assert.Equal(20, screening.Inputs["amount"]);
    }

    [Fact]
    public void Rules_on_trial_in_another_currency_are_refused()
    {
        var screen = new FraudScreen(Policy());
        var other = FraudPolicy.Of(Rules() with
        {
            Currency = StreamCommerce.Ingest.Events.Currency.Of("USD"),
        });

        Assert.Throws<ArgumentException>(() => screen.Use(Policy(), other));
    }
}
