namespace StreamCommerce.Engine.Fraud.Backtesting;

/// <summary>
/// Runs rules over past attempts in the order of their time, as a shop would have lived through
/// them: an attempt is judged first and counted after it, and a fraud is known only when the
/// delay of its label is over. One thread.
/// </summary>
/// <remarks>Nothing is stopped: an attempt that the rules block is in the data all the same, as
/// is what followed it. So numbers say how well rules tell fraud, not how much less of it there
/// would have been.</remarks>
public static class Backtest
{
    /// <summary>Runs the rules and reports.</summary>
    /// <param name="policy">The rules.</param>
    /// <param name="events">In the order of their time.</param>
    /// <param name="options">What is reported, and when labels become known.</param>
    /// <exception cref="InvalidDataException">The events are in no order.</exception>
    public static BacktestReport Run(
        FraudPolicy policy, IEnumerable<BacktestEvent> events, BacktestOptions options)
    {
        var screen = new FraudScreen(policy, new FraudLimits { EntityLimit = 1_000_000 });
        var labels = new Queue<ScreeningRequest>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var tally = new BacktestTally();
        var last = DateTimeOffset.MinValue;
        foreach (var e in events)
        {
            var request = e.Request;
            if (request.At < last)
            {
                throw new InvalidDataException(
                    $"{request.Order} ({request.At:O}) is earlier than the attempt before it.");
            }
            last = request.At;
            if (request.At >= options.To) break;
            while (labels.TryPeek(out var due) && due.At + options.LabelDelay <= request.At)
            {
                screen.Outcome(due, ScreeningOutcome.Fraud, due.At + options.LabelDelay);
                if (due.At >= options.From - options.KnownSince) known.Add(due.Account);
                labels.Dequeue();
            }

            var screening = screen.Screen(request);
            if (request.At < options.From) tally.Learned++;
            else if (known.Contains(request.Account)) tally.LeftOut++;
            else tally.Add(e, screening);
            screen.Record(request, screening);
            if (e.Fraud is true) labels.Enqueue(request);
        }
        return tally.ToReport();
    }
}
