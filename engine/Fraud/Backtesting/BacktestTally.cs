using System.Runtime.InteropServices;

namespace StreamCommerce.Engine.Fraud.Backtesting;

/// <summary>What a backtest has counted so far. One thread.</summary>
internal sealed class BacktestTally
{
    private const int DailyCards = 100;
    private const int DecisionCount = 4;

    // Of a card over all days: the sternest decision of any attempt, and of a fraud.
    private record struct CardResult(FraudDecision Any, FraudDecision OfFraud, bool IsFraud);

    private readonly LabelCounts[] _decisions = new LabelCounts[DecisionCount];
    private readonly LabelCounts[] _scores = new LabelCounts[101];
    private readonly Dictionary<string, long[]> _scenarios = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabelCounts> _reasons = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CardResult> _cards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Score, bool IsFraud)> _today =
        new(StringComparer.Ordinal);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);
    private readonly List<double> _precisions = [];
    private LabelCounts _labels;
    private DateOnly _day;

    public long Learned { get; set; }

    public long LeftOut { get; set; }

    public void Add(BacktestEvent e, Screening screening)
    {
        var day = DateOnly.FromDateTime(e.Request.At.UtcDateTime);
        if (day != _day) CloseDay();
        _day = day;

        var one = e.Fraud switch
        {
            true => new LabelCounts(1, 0, 0),
            false => new LabelCounts(0, 1, 0),
            null => new LabelCounts(0, 0, 1),
        };
        _labels += one;
        _decisions[(int)screening.Decision] += one;
        _scores[screening.Score] += one;
        foreach (var reason in screening.Reasons)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_reasons, reason.Code, out _) += one;
        }
        AddCard(e.Request.Card ?? e.Request.Account, e.Fraud is true, screening);
        if (e.Fraud is true) AddScenario(e.Scenario ?? "fraud", screening.Decision);
    }

    public BacktestReport ToReport()
    {
        CloseDay();
        return new()
        {
            Labels = _labels,
            Learned = Learned,
            LeftOut = LeftOut,
            Days = _precisions.Count,
            Decisions = _decisions,
            Scores = _scores,
            Scenarios = [.. _scenarios.OrderBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => new ScenarioResult(pair.Key, pair.Value[0],
                    pair.Value[1], pair.Value[2], pair.Value[3]))],
            Reasons = [.. _reasons.Select(pair => new ReasonResult(pair.Key, pair.Value))
                .OrderByDescending(reason => reason.Labels.All)
                .ThenBy(reason => reason.Code, StringComparer.Ordinal)],
            Cards = [.. Enumerable.Range(0, DecisionCount).Select(CardQuality)],
            CardPrecisionAt100 = _precisions.Count == 0 ? 0 : _precisions.Average(),
        };
    }

    private void AddScenario(string scenario, FraudDecision decision)
    {
        ref var counts = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _scenarios, scenario, out _);
        counts ??= new long[DecisionCount];
        for (var d = 0; d <= (int)decision; d++) counts[d]++;
    }

    private void AddCard(string card, bool isFraud, Screening screening)
    {
        var decision = screening.Decision;
        ref var result = ref CollectionsMarshal.GetValueRefOrAddDefault(_cards, card, out _);
        if (decision > result.Any) result.Any = decision;
        if (isFraud && decision > result.OfFraud) result.OfFraud = decision;
        result.IsFraud |= isFraud;

        ref var today = ref CollectionsMarshal.GetValueRefOrAddDefault(_today, card, out _);
        today = (Math.Max(today.Score, screening.Score), today.IsFraud || isFraud);
    }

    private void CloseDay()
    {
        if (_today.Count == 0) return;
        var best = _today.Where(card => !_found.Contains(card.Key))
            .OrderByDescending(card => card.Value.Score)
            .ThenBy(card => EntityKeys.Of(card.Key))
            .Take(DailyCards)
            .Where(card => card.Value.IsFraud).ToList();
        _precisions.Add((double)best.Count / DailyCards);
        foreach (var card in best) _found.Add(card.Key);
        _today.Clear();
    }

    private AlertQuality CardQuality(int decision)
    {
        var alerts = _cards.Values.Where(card => (int)card.Any >= decision).ToList();
        var caught = alerts.Count(card => card.IsFraud && (int)card.OfFraud >= decision);
        return new(alerts.Count, caught, alerts.Count - caught,
            _cards.Values.Count(card => card.IsFraud));
    }
}
