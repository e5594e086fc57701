namespace StreamCommerce.Engine.Fraud;

/// <summary>What is added to the counters of an entity.</summary>
internal readonly record struct Tally(int Attempts, double Amount, int Declines, int Frauds);

/// <summary>
/// Counters in sliding windows of all entities of one kind (<see cref="FraudTime"/>), and whom
/// each was seen with. Memory is bounded: where a limit is reached, the entity that was counted
/// longest ago is forgotten. One thread at a time.
/// </summary>
/// <remarks>
/// An entity is known by 64 bits of hash. Two that share them would be counted as one: with a
/// million entities there is one chance in forty million that any two do.
/// </remarks>
internal sealed class EntityCounters(FraudLimits limits)
{
    private const int None = -1;

    private readonly Dictionary<ulong, int> _places = [];
    private readonly Slab<Entity> _entities = new(limits.EntityLimit);
    private readonly Slab<Bucket> _buckets = new(limits.BucketLimit);
    private readonly Slab<Partner> _partners = new(limits.PartnerTotalLimit);
    private int _newest = None;
    private int _oldest = None;
    private int _now;

    private struct Entity
    {
        public ulong Key;
        public int Newer;
        public int Older;
        public int Buckets;
        public int Partners;
        public AmountHistory Amounts;
    }

    // In lists from the newest to the oldest.
    private struct Bucket
    {
        public int Step;
        public int Attempts;
        public double Amount;
        public int Declines;
        public int Frauds;
        public int Next;
    }

    private struct Partner
    {
        public ulong Key;
        public int LastStep;
        public int Next;
        public byte Pair;
    }

    /// <summary>Entities that are remembered.</summary>
    public int Count => _entities.Count;

    /// <summary>Buckets of all entities.</summary>
    public int BucketCount => _buckets.Count;

    /// <summary>Partners of all entities.</summary>
    public int PartnerCount => _partners.Count;

    /// <summary>The entity's place until the next change, or -1.</summary>
    public int Find(ulong key) => _places.TryGetValue(key, out var place) ? place : None;

    /// <summary>Adds what each window holds of an entity.</summary>
    /// <param name="place">From <see cref="Find"/>; -1 adds nothing.</param>
    /// <param name="now">The end of the windows.</param>
    /// <param name="totals">Attempts, amount, declines, frauds; of each the three windows.</param>
    public void AddTotals(int place, int now, Span<double> totals)
    {
        if (place == None) return;
        for (var b = _entities[place].Buckets; b != None; b = _buckets[b].Next)
        {
            ref readonly var bucket = ref _buckets[b];
            var shortest = FraudTime.WindowOf(bucket.Step, now);
            if (shortest == FraudSignals.WindowCount) return;
            for (var w = shortest; w < FraudSignals.WindowCount; w++)
            {
                totals[w] += bucket.Attempts;
                totals[3 + w] += bucket.Amount;
                totals[6 + w] += bucket.Declines;
                totals[9 + w] += bucket.Frauds;
            }
        }
    }

    /// <summary>Adds how many partners an entity was seen with in each window.</summary>
    /// <param name="place">From <see cref="Find"/>; -1 adds nothing.</param>
    /// <param name="pair">Which kind of partner.</param>
    /// <param name="present">A partner that counts whether it was seen or not; 0 for none.</param>
    /// <param name="now">The end of the windows.</param>
    /// <param name="totals">Of the three windows.</param>
    /// <returns>True where the present partner was ever seen.</returns>
    public bool AddPartners(int place, int pair, ulong present, int now, Span<double> totals)
    {
        var isKnown = false;
        if (present != 0) for (var w = 0; w < FraudSignals.WindowCount; w++) totals[w]++;
        if (place == None) return false;
        for (var p = _entities[place].Partners; p != None; p = _partners[p].Next)
        {
            ref readonly var partner = ref _partners[p];
            if (partner.Pair != pair) continue;
            if (partner.Key == present)
            {
                isKnown = true;
                continue;
            }
            for (var w = FraudTime.WindowOf(partner.LastStep, now);
                w < FraudSignals.WindowCount; w++)
            {
                totals[w]++;
            }
        }
        return isKnown;
    }

    /// <summary>The amounts that an entity is used to.</summary>
    public AmountHistory Amounts(int place) =>
        place == None ? default : _entities[place].Amounts;

    /// <summary>Learns an amount of an entity that is there.</summary>
    public void Learn(ulong key, double amount)
    {
        if (_places.TryGetValue(key, out var place)) _entities[place].Amounts.Learn(amount);
    }

    /// <summary>Counts for an entity, which is remembered from now on.</summary>
    /// <returns>Its place, until another entity is counted.</returns>
    public int Add(ulong key, int step, in Tally tally)
    {
        _now = Math.Max(_now, step);
        var place = Touch(key);
        if (FraudTime.InWeek(step, _now)) AddBucket(place, FraudTime.Coarse(step, _now), tally);
        return place;
    }

    /// <summary>Remembers that an entity was seen with another.</summary>
    /// <param name="place">From <see cref="Add"/>.</param>
    /// <param name="pair">Which kind of partner.</param>
    /// <param name="partner">The other; 0 for none.</param>
    /// <param name="step">When.</param>
    public void AddPartner(int place, int pair, ulong partner, int step)
    {
        if (partner == 0) return;
        var (count, oldest) = (0, None);
        for (var p = _entities[place].Partners; p != None; p = _partners[p].Next)
        {
            ref var seen = ref _partners[p];
            if (seen.Pair != pair) continue;
            if (seen.Key == partner)
            {
                seen.LastStep = Math.Max(seen.LastStep, step);
                return;
            }
            count++;
            if (oldest == None || seen.LastStep < _partners[oldest].LastStep) oldest = p;
        }
        if (count == FraudLimits.PartnerLimit)
        {
            ref var replaced = ref _partners[oldest];
            if (replaced.LastStep > step) return;
            (replaced.Key, replaced.LastStep) = (partner, step);
            return;
        }
        while (_partners.IsFull && _oldest != place) Forget(_oldest);
        if (_partners.IsFull) return;
        var next = _entities[place].Partners;
        _entities[place].Partners = _partners.Take(new()
        {
            Key = partner,
            LastStep = step,
            Pair = (byte)pair,
            Next = next,
        });
    }

    private void AddBucket(int place, int step, in Tally tally)
    {
        var (previous, found) = (None, None);
        var b = _entities[place].Buckets;
        while (b != None)
        {
            ref var bucket = ref _buckets[b];
            var next = bucket.Next;
            bucket.Step = FraudTime.Coarse(bucket.Step, _now);
            if (!FraudTime.InWeek(bucket.Step, _now))
            {
                CutBehind(place, previous);
                break;
            }
            if (previous != None && _buckets[previous].Step == bucket.Step)
            {
                Merge(ref _buckets[previous], bucket);
                _buckets[previous].Next = next;
                _buckets.Return(b);
            }
            else
            {
                if (bucket.Step >= step) found = b;
                previous = b;
            }
            b = next;
        }
        if (found != None && _buckets[found].Step == step) CountIn(ref _buckets[found], tally);
        else Insert(place, found, step, tally);
    }

    private void Insert(int place, int behind, int step, in Tally tally)
    {
        while (_buckets.IsFull && _oldest != place) Forget(_oldest);
        if (_buckets.IsFull) return;
        var next = behind == None ? _entities[place].Buckets : _buckets[behind].Next;
        var added = _buckets.Take(new() { Step = step, Next = next });
        CountIn(ref _buckets[added], tally);
        if (behind == None) _entities[place].Buckets = added;
        else _buckets[behind].Next = added;
    }

    private static void CountIn(ref Bucket bucket, in Tally tally)
    {
        bucket.Attempts += tally.Attempts;
        bucket.Amount += tally.Amount;
        bucket.Declines += tally.Declines;
        bucket.Frauds += tally.Frauds;
    }

    private static void Merge(ref Bucket into, in Bucket from) =>
        CountIn(ref into, new(from.Attempts, from.Amount, from.Declines, from.Frauds));

    private void CutBehind(int place, int last)
    {
        ref var link = ref last == None ? ref _entities[place].Buckets : ref _buckets[last].Next;
        var b = link;
        link = None;
        for (; b != None; b = _buckets[b].Next) _buckets.Return(b);
    }

    private int Touch(ulong key)
    {
        if (_places.TryGetValue(key, out var place))
        {
            if (place == _newest) return place;
            Unlink(place);
        }
        else
        {
            if (_entities.IsFull) Forget(_oldest);
            place = _entities.Take(new() { Key = key, Buckets = None, Partners = None });
            _places.Add(key, place);
        }
        ref var entity = ref _entities[place];
        (entity.Newer, entity.Older) = (None, _newest);
        if (_newest != None) _entities[_newest].Newer = place;
        _newest = place;
        if (_oldest == None) _oldest = place;
        return place;
    }

    private void Unlink(int place)
    {
        var (newer, older) = (_entities[place].Newer, _entities[place].Older);
        if (newer != None) _entities[newer].Older = older;
        else _newest = older;
        if (older != None) _entities[older].Newer = newer;
        else _oldest = newer;
    }

    private void Forget(int place)
    {
        CutBehind(place, None);
        for (var p = _entities[place].Partners; p != None; p = _partners[p].Next)
            _partners.Return(p);
        Unlink(place);
        _places.Remove(_entities[place].Key);
        _entities.Return(place);
    }
}
