using System.Collections.ObjectModel;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// Rules as data, as they are written in <c>fraud.json</c>. <see cref="FraudRuleCheck"/> says what
/// is valid, <see cref="FraudPolicy"/> judges by it.
/// </summary>
/// <remarks>What may be absent is never null: generated readers of JSON set absent members to
/// null, past their initializers.</remarks>
public sealed record FraudRuleSet
{
    private static readonly FraudLists NoLists = new();

    /// <summary>The set's own name or number, recorded with every screening.</summary>
    public required string Version { get; init; }

    /// <summary>What the amounts in conditions are in.</summary>
    public required Currency Currency { get; init; }

    /// <summary>What one unit of another currency is worth in <see cref="Currency"/>. An amount
    /// without a rate sets <c>amount.no_rate</c> and no other signal of amounts.</summary>
    public IReadOnlyDictionary<string, double> Rates
    {
        get => field ?? ReadOnlyDictionary<string, double>.Empty;
        init;
    }

    public required FraudThresholds Thresholds { get; init; }

    public FraudLists Lists { get => field ?? NoLists; init; }

    public IReadOnlyList<FraudRule> Rules { get => field ?? []; init; }
}

/// <summary>The scores from which on an attempt is no longer let pass; 1 to 101 in rising order,
/// where 101 is never reached.</summary>
public sealed record FraudThresholds(int Challenge, int Review, int Block);

/// <summary>Whom to judge without looking at the score.</summary>
public sealed record FraudLists
{
    private static readonly FraudList Empty = new();

    /// <summary>Allowed, whatever rules and other lists say.</summary>
    public FraudList Allow { get => field ?? Empty; init; }

    /// <summary>At least reviewed.</summary>
    public FraudList Review { get => field ?? Empty; init; }

    /// <summary>Blocked.</summary>
    public FraudList Block { get => field ?? Empty; init; }
}

/// <summary>Entities by kind.</summary>
public sealed record FraudList
{
    public IReadOnlyList<string> Card { get => field ?? []; init; }

    /// <summary>Addresses, or networks as <c>203.0.113.0/24</c>; an IPv6 address stands for its
    /// /64.</summary>
    public IReadOnlyList<string> Ip { get => field ?? []; init; }

    public IReadOnlyList<string> Device { get => field ?? []; init; }

    /// <summary>Addresses, or domains as <c>@example.org</c>.</summary>
    public IReadOnlyList<string> Email { get => field ?? []; init; }

    /// <summary>As <see cref="ScreeningRequest.AccountOf"/> names them.</summary>
    public IReadOnlyList<string> Account { get => field ?? []; init; }

    public IReadOnlyList<string> Terminal { get => field ?? []; init; }

    /// <summary>Two letters; of the billing, shipping or IP address. Not for the allow list: a
    /// country is no reason to trust.</summary>
    public IReadOnlyList<string> Country { get => field ?? []; init; }

    internal IEnumerable<(string Name, FraudEntity Entity, IReadOnlyList<string> Entries)>
        ByEntity() =>
    [
        ("card", FraudEntity.Card, Card), ("ip", FraudEntity.Ip, Ip),
        ("device", FraudEntity.Device, Device), ("email", FraudEntity.Email, Email),
        ("account", FraudEntity.Account, Account), ("terminal", FraudEntity.Terminal, Terminal),
    ];
}

/// <summary>Points for an attempt of which every condition is true.</summary>
public sealed record FraudRule
{
    /// <summary>What people call it; unique in its set.</summary>
    public required string Name { get; init; }

    /// <summary>The code that a screening tells, as <c>CARD_TESTING</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>-100 to 100, added to the score.</summary>
    public int Points { get; init; }

    /// <summary>The mildest that may then be decided; null leaves it to the score.</summary>
    public FraudDecision? Decision { get; init; }

    /// <summary>All must be true; at least one.</summary>
    public required IReadOnlyList<FraudCondition> When { get; init; }
}

/// <summary>
/// Compares a signal with one or two numbers. False where the signal is not known.
/// </summary>
public sealed record FraudCondition
{
    /// <summary>One of <see cref="FraudSignals.Names"/>.</summary>
    public required string Signal { get; init; }

    /// <summary>Greater than.</summary>
    public double? Above { get; init; }

    /// <summary>Greater than, or equal to.</summary>
    public double? AtLeast { get; init; }

    /// <summary>Less than.</summary>
    public double? Below { get; init; }

    /// <summary>Less than, or equal to.</summary>
    public double? AtMost { get; init; }
}
