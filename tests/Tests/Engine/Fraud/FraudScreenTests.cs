using System.Text.Json;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Ingest.Events;
using Xunit;
using static StreamCommerce.Tests.Engine.Fraud.Attempts;

namespace StreamCommerce.Tests.Engine.Fraud;

public sealed class FraudScreenTests
{
    [Fact]
    public void Screening_twice_sees_the_same()
    {
        var screen = new FraudScreen(Policy(Rule("account.attempts.1h", 1, 10)));
        var request = Attempt("o");

        var first = screen.Screen(request);
        var second = screen.Screen(request);

        Assert.Equal(1, first.Inputs["account.attempts.1h"]);
        Assert.Equal(1, second.Inputs["account.attempts.1h"]);
        Assert.Equal(first.Score, second.Score);
    }

    [Fact]
    public void An_order_is_counted_once_and_so_is_what_became_of_it()
    {
        var screen = new FraudScreen(Policy());
        var request = Attempt("o");
        for (var i = 0; i < 3; i++)
        {
            screen.Try(request);
            screen.Outcome(request, ScreeningOutcome.Declined, request.At);
            screen.Outcome(request, ScreeningOutcome.Fraud, request.At);
        }

        Assert.Equal(2, screen.Signal("account.attempts.1h", Attempt("next", 1)));
        Assert.Equal(1, screen.Signal("account.declines.1h", Attempt("next", 1)));
        Assert.Equal(1, screen.Signal("account.frauds.24h", Attempt("next", 1)));
        Assert.Equal(0.5, screen.Signal("account.fraud_rate.7d", Attempt("next", 1)));
    }

    [Fact]
    public void A_device_that_tries_card_after_card_is_seen()
    {
        var screen = new FraudScreen();
        Screening last = null!;
        for (var i = 0; i < 6; i++)
        {
            last = screen.Try(Attempt($"o{i}", i, account: $"visitor:{i}") with
            {
                Device = "one",
                Card = $"card-{i}",
            });
        }

        Assert.Equal(6, last.Inputs["device.cards.24h"]);
        Assert.Contains(last.Reasons, reason => reason.Code == "CARD_TESTING");
        Assert.True(last.Decision >= FraudDecision.Challenge);
    }

    [Fact]
    public void An_ordinary_purchase_is_allowed()
    {
        var screening = new FraudScreen().Screen(Attempt("o", amount: 80) with
        {
            Card = "c",
            Ip = "192.0.2.1",
            Device = "d",
            Email = "ann@example.org",
            BillingCountry = "DE",
            ShippingCountry = "DE",
            IpCountry = "DE",
        });

        Assert.Equal(FraudDecision.Allow, screening.Decision);
        Assert.Equal(0, screening.Score);
    }

    [Fact]
    public void A_thief_does_not_teach_the_amounts_that_he_is_measured_by()
    {
        var screen = new FraudScreen(Policy(Rule("amount", 500, 70)));
        for (var i = 0; i < 8; i++) screen.Try(Attempt($"o{i}", i, amount: 50));
        for (var i = 0; i < 8; i++) screen.Try(Attempt($"stolen{i}", 10 + i, amount: 900));

        Assert.Equal(18, screen.Signal("amount.mean_ratio", Attempt("x", 60, 900)), 6);
    }

    [Fact]
    public void What_a_reviewer_clears_is_learned()
    {
        var screen = new FraudScreen(Policy(Rule("amount", 100, 70)));
        for (var i = 0; i < 6; i++)
        {
            var request = Attempt($"o{i}", i, amount: 200);
            screen.Try(request);
            screen.Outcome(request, ScreeningOutcome.Cleared, request.At);
        }

        Assert.Equal(6, screen.Signal("account.purchases", Attempt("x", 60)));
    }

    [Theory]
    [InlineData("Ann@Example.org", " ann@example.ORG ", true)]
    [InlineData("ann+shop@example.org", "ann@example.org", true)]
    [InlineData("a.n.n@gmail.com", "ann@googlemail.com", true)]
    [InlineData("a.nn@example.org", "ann@example.org", false)]
    [InlineData("ann@example.org", "ann@example.net", false)]
    public void A_mailbox_is_known_however_it_is_written(string one, string other, bool isSame)
    {
        var screen = new FraudScreen(Policy());
        screen.Try(Attempt("o") with { Email = one });

        Assert.Equal(isSame ? 2 : 1, screen.Signal(
            "email.attempts.1h", Attempt("next", 1) with { Email = other }));
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8::1", "2001:0db8:0:0:ffff::2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void An_address_is_known_however_it_is_written(string one, string other, bool isSame)
    {
        var screen = new FraudScreen(Policy());
        screen.Try(Attempt("o") with { Ip = one });

        Assert.Equal(isSame ? 2 : 1, screen.Signal(
            "ip.attempts.1h", Attempt("next", 1) with { Ip = other }));
    }

    [Fact]
    public void Something_new_is_new_only_for_an_account_that_is_known()
    {
        var screen = new FraudScreen(Policy());
        var home = Attempt("o") with
        {
            Card = "old",
            ShippingCountry = "DE",
            ShippingPostalCode = "10115",
        };
        Assert.Equal(0, screen.Signal("card.is_new", home));
        screen.Try(home);

        Assert.Equal(0, screen.Signal("card.is_new", home with { Order = new("p") }));
        Assert.Equal(1, screen.Signal("card.is_new", home with { Card = "new" }));
        Assert.Equal(0, screen.Signal("address.is_new", home with { Order = new("p") }));
        Assert.Equal(1, screen.Signal(
            "address.is_new", home with { ShippingPostalCode = "80331" }));
    }

    [Fact]
    public void An_amount_without_a_rate_is_told_and_not_taken_for_another()
    {
        var screen = new FraudScreen(Policy(
            Rule("amount.no_rate", 1, 10), Rule("amount", 0, 50)));

        var screening = screen.Screen(
            Attempt("o") with { Amount = new(5_000, Currency.Of("KWD")) });

        Assert.Equal(10, screening.Score);
        Assert.Equal(0, screening.Inputs["amount"]);
    }

    [Fact]
    public void Counters_that_are_built_anew_say_the_same()
    {
        var (live, rebuilt) = (new FraudScreen(), new FraudScreen());
        var past = new List<PastScreening>();
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var request = Attempt($"o{i}", i * 20, random.Next(500), $"a{random.Next(9)}") with
            {
                Card = $"c{random.Next(12)}",
                Ip = $"192.0.2.{random.Next(20)}",
            };
            var screening = live.Try(request);
            List<LearnedOutcome> outcomes = [];
            if (random.Next(4) == 0)
            {
                outcomes.Add(new(ScreeningOutcome.Declined, request.At.AddMinutes(1)));
                live.Outcome(request, ScreeningOutcome.Declined, outcomes[0].At);
            }
            past.Add(new(request, screening.Decision, outcomes));
        }

        rebuilt.Rebuild(past);

        var probe = Attempt("probe", 10_000, 700, "a3") with { Card = "c3", Ip = "192.0.2.3" };
        Assert.Equal(Write(live.Screen(probe)), Write(rebuilt.Screen(probe)));
    }

    [Fact]
    public void A_screening_comes_back_from_its_json_as_it_was()
    {
        var screen = new FraudScreen(FraudRules.Default);
        screen.Use(FraudRules.Default, Policy(Rule("amount", 1, 40)));
        var screening = screen.Try(Attempt("o", amount: 6_000));

        var json = Write(screening);
        var read = JsonSerializer.Deserialize(json, FraudJson.Stored.Screening)!;

        Assert.Equal(json, Write(read));
        Assert.Equal("{'score':35,'decision':'challenge','reasons':[{'code':'HIGH_AMOUNT'," +
            "'points':15},{'code':'VERY_HIGH_AMOUNT','points':20}],'rules':'default-1'," +
            "'at':'2026-03-02T10:00:00+00:00','inputs':{'account.attempts.1h':1," +
            "'amount':6000},'shadow':{'score':40,'decision':'challenge','reasons':" +
            "[{'code':'R_AMOUNT','points':40}],'rules':'test'}}", json.Replace('"', '\''));
    }

    private static string Write(Screening screening) =>
        JsonSerializer.Serialize(screening, FraudJson.Stored.Screening);
}
