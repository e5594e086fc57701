namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// All counters: what was seen of cards, addresses, devices, e-mails, accounts and terminals in
/// the last hour, day and week, and who was seen with whom. One thread at a time.
/// </summary>
internal sealed class FraudCounters(FraudLimits limits)
{
    private const int AddressPair = 8;

    // In the order of the signals; the address is no signal of its own.
    private static readonly (FraudEntity Owner, FraudEntity Partner)[] Pairs =
    [
        (FraudEntity.Account, FraudEntity.Card), (FraudEntity.Account, FraudEntity.Device),
        (FraudEntity.Card, FraudEntity.Account), (FraudEntity.Device, FraudEntity.Account),
        (FraudEntity.Device, FraudEntity.Card), (FraudEntity.Device, FraudEntity.Email),
        (FraudEntity.Ip, FraudEntity.Card), (FraudEntity.Email, FraudEntity.Account),
    ];

    private readonly EntityCounters[] _entities =
        [.. Enumerable.Range(0, FraudSignals.EntityCount).Select(_ => new EntityCounters(limits))];

    /// <summary>The counters of one kind.</summary>
    public EntityCounters this[FraudEntity entity] => _entities[(int)entity];

    /// <summary>
    /// Writes the signals of an attempt as if it were counted now; those that are not known stay
    /// as they are.
    /// </summary>
    public void Read(in EntityKeys keys, int step, double amount, Span<double> signals)
    {
        Span<int> places = stackalloc int[FraudSignals.EntityCount];
        for (var e = 0; e < FraudSignals.EntityCount; e++)
        {
            var key = keys[(FraudEntity)e];
            places[e] = key == 0 ? -1 : _entities[e].Find(key);
        }
        // A loop of its own: the misses of six independent look-ups overlap in the processor.
        for (var e = 0; e < FraudSignals.EntityCount; e++)
        {
            if (keys[(FraudEntity)e] == 0) continue;
            ReadTotals(_entities[e], places[e], step, amount, signals.Slice(
                e * FraudSignals.MetricCount * FraudSignals.WindowCount,
                FraudSignals.MetricCount * FraudSignals.WindowCount));
        }
        ReadPartners(keys, places, step, signals);
        if (places[(int)FraudEntity.Account] is >= 0 and var account)
            ReadHabits(_entities[(int)FraudEntity.Account], account, keys, step, amount, signals);
        else if (keys.Account != 0) signals[FraudSignals.AccountPurchases] = 0;
    }

    /// <summary>Counts an attempt, and who was in it with whom.</summary>
    public void AddAttempt(in EntityKeys keys, int step, double amount)
    {
        var tally = new Tally(1, double.IsNaN(amount) ? 0 : amount, 0, 0);
        Span<int> places = stackalloc int[FraudSignals.EntityCount];
        for (var e = 0; e < FraudSignals.EntityCount; e++)
        {
            var key = keys[(FraudEntity)e];
            places[e] = key == 0 ? -1 : _entities[e].Add(key, step, tally);
        }
        for (var i = 0; i < Pairs.Length; i++)
        {
            var (owner, partner) = Pairs[i];
            if (places[(int)owner] is >= 0 and var place)
                _entities[(int)owner].AddPartner(place, i, keys[partner], step);
        }
        if (places[(int)FraudEntity.Account] is >= 0 and var account)
            this[FraudEntity.Account].AddPartner(account, AddressPair, keys.Address, step);
    }

    /// <summary>Counts for everybody in an attempt.</summary>
    public void Add(in EntityKeys keys, int step, in Tally tally)
    {
        for (var e = 0; e < FraudSignals.EntityCount; e++)
            if (keys[(FraudEntity)e] is not 0 and var key) _entities[e].Add(key, step, tally);
    }

    /// <summary>Learns an amount that the account is right to pay.</summary>
    public void Learn(in EntityKeys keys, double amount)
    {
        if (!double.IsNaN(amount)) this[FraudEntity.Account].Learn(keys.Account, amount);
    }

    private static void ReadTotals(
        EntityCounters counters, int place, int step, double amount, Span<double> totals)
    {
        totals.Clear();
        counters.AddTotals(place, step, totals);
        for (var w = 0; w < FraudSignals.WindowCount; w++)
        {
            totals[w] += 1;
            if (!double.IsNaN(amount)) totals[3 + w] += amount;
            totals[12 + w] = totals[9 + w] / totals[w];
        }
    }

    private void ReadPartners(
        in EntityKeys keys, ReadOnlySpan<int> places, int step, Span<double> signals)
    {
        for (var i = 0; i < Pairs.Length; i++)
        {
            var (owner, partner) = Pairs[i];
            if (keys[owner] == 0) continue;
            var totals = signals.Slice(
                FraudSignals.PairStart + (i * FraudSignals.WindowCount), FraudSignals.WindowCount);
            totals.Clear();
            var place = places[(int)owner];
            var isKnown = _entities[(int)owner].AddPartners(
                place, i, keys[partner], step, totals);
            // Of an account that is new itself, everything is new, which tells nothing.
            if (owner != FraudEntity.Account || keys[partner] == 0 || place < 0) continue;
            signals[partner == FraudEntity.Card
                ? FraudSignals.CardIsNew : FraudSignals.DeviceIsNew] = isKnown ? 0 : 1;
        }
    }

    private static void ReadHabits(
        EntityCounters accounts, int place, in EntityKeys keys, int step, double amount,
        Span<double> signals)
    {
        if (keys.Address != 0)
        {
            Span<double> ignored = stackalloc double[FraudSignals.WindowCount];
            signals[FraudSignals.AddressIsNew] = accounts.AddPartners(
                place, AddressPair, keys.Address, step, ignored) ? 0 : 1;
        }
        var habits = accounts.Amounts(place);
        signals[FraudSignals.AccountPurchases] = habits.Count;
        if (!habits.IsHabit || double.IsNaN(amount)) return;
        signals[FraudSignals.MeanRatio] = amount / habits.Mean;
        signals[FraudSignals.Deviations] = (amount - habits.Mean) / habits.Deviation;
    }
}
