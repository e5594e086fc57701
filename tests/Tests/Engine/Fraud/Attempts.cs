using StreamCommerce.Engine.Fraud;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Tests.Engine.Fraud;

/// <summary>Attempts to buy, and rules about them, in few words.</summary>
internal static class Attempts
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    private static readonly Currency Euro = Currency.Of("EUR");

    public static Money Eur(decimal amount) => new(amount, Euro);

    public static ScreeningRequest Attempt(
        string order, double minutes = 0, decimal amount = 20, string account = "customer:ann") =>
        new()
        {
            Order = new(order),
            Account = account,
            Amount = Eur(amount),
            At = Start.AddMinutes(minutes),
        };

    public static FraudRule Rule(
        string signal, double atLeast, int points, FraudDecision? decision = null) => new()
        {
            Name = $"{signal} from {atLeast}",
            Reason = "R_" + signal.ToUpperInvariant().Replace('.', '_'),
            Points = points,
            Decision = decision,
            When = [new() { Signal = signal, AtLeast = atLeast }],
        };

    public static FraudRuleSet Rules(params FraudRule[] rules) => new()
    {
        Version = "test",
        Currency = Euro,
        Thresholds = new(30, 60, 85),
        Rules = rules,
    };

    public static FraudPolicy Policy(params FraudRule[] rules) => FraudPolicy.Of(Rules(rules));

    /// <summary>Screens and counts, as a checkout does.</summary>
    public static Screening Try(this FraudScreen screen, ScreeningRequest request)
    {
        var screening = screen.Screen(request);
        screen.Record(request, screening);
        return screening;
    }

    /// <summary>A signal's value for an attempt, with a rule that asks for it.</summary>
    public static double Signal(this FraudScreen screen, string signal, ScreeningRequest request)
    {
        screen.Use(Policy(Rule(signal, 1, 1)), null);
        return screen.Screen(request).Inputs[signal];
    }
}
