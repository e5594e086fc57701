using System.Runtime.InteropServices;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Sales;

/// <summary>A sum of money that one currency, one month or one market made.</summary>
public record struct Revenue
{
    /// <summary>Quantity × unit price of purchases.</summary>
    public decimal Purchased { get; set; }

    /// <summary>Quantity × unit price of refunds, positive.</summary>
    public decimal Refunded { get; set; }

    public static Revenue operator +(in Revenue left, in Revenue right) => new()
    {
        Purchased = left.Purchased + right.Purchased,
        Refunded = left.Refunded + right.Refunded,
    };
}

/// <summary>
/// Sums over all events: how many of each name and source, orders and refunds, who bought, and
/// revenue by month and by market. No windows, so late events count like all others; how many
/// there were is kept apart besides.
/// </summary>
public sealed class SalesProjection : IProjection
{
    // Regions and sources are the senders' texts: beyond the limit they are summed as one.
    private const int TextLimit = 10_000;
    private const string Others = "(others)";

    private readonly long[] _events = new long[EventNames.All.Count + 1];
    private readonly Dictionary<string, long> _sources = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Source, EventName Name), long> _late = [];
    private readonly Dictionary<(Currency Currency, string Key), Revenue> _months = [];
    private readonly Dictionary<(Currency Currency, string Key), Revenue> _regions = [];

    public string Name => "sales";

    public int Version => 2;

    /// <summary>Orders: purchases, the further pieces of a long one not counted.</summary>
    public long Orders { get; private set; }

    /// <summary>Refunds, the further pieces of a long one not counted.</summary>
    public long Refunds { get; private set; }

    public DistinctTexts Customers { get; } = new();

    public DistinctTexts Visitors { get; } = new();

    public IReadOnlyDictionary<string, long> Sources => _sources;

    /// <summary>Late events by source and name; they are in the other sums, too.</summary>
    public IReadOnlyDictionary<(string Source, EventName Name), long> Late => _late;

    /// <summary>By currency and month, <c>2011-11</c>, in UTC.</summary>
    public IReadOnlyDictionary<(Currency Currency, string Key), Revenue> Months => _months;

    /// <summary>By currency and region; events without one under the empty text.</summary>
    public IReadOnlyDictionary<(Currency Currency, string Key), Revenue> Regions => _regions;

    public long EventsOf(EventName name) => _events[(int)name];

    public void Apply(in StreamEvent e)
    {
        var commerceEvent = e.Event;
        _events[(int)commerceEvent.Name]++;
        var source = _sources.Count < TextLimit || _sources.ContainsKey(commerceEvent.Source)
            ? commerceEvent.Source : Others;
        CollectionsMarshal.GetValueRefOrAddDefault(_sources, source, out _)++;
        if (e.IsLate) AddLate(commerceEvent);
        // One that was forgotten meanwhile comes as new again; the set knows better.
        if (e.IsNewVisitor) Visitors.Add(commerceEvent.Visitor.Value);
        if (commerceEvent.Customer is { } customer) Customers.Add(customer.Value);
        if (commerceEvent.Name is EventName.Purchase or EventName.Refund) AddOrder(commerceEvent);
    }

    public void Forget(int visitor)
    {
        // Sums are about the shop; a visitor's number is not in them.
    }

    public int KeptOf(int visitor) => 0;

    public int Erase(ulong visitor) => Visitors.Replace(visitor) ? 1 : 0;

    public int CountOf(ulong visitor) => Visitors.Hashes.Contains(visitor) ? 1 : 0;

    public void Save(StateWriter output, bool everything)
    {
        foreach (var count in _events) output.WriteNumber((ulong)count);
        output.WriteNumber((ulong)Orders);
        output.WriteNumber((ulong)Refunds);
        output.WriteCount(_sources.Count);
        foreach (var (source, count) in _sources)
        {
            output.WriteText(source);
            output.WriteNumber((ulong)count);
        }
        output.WriteCount(_late.Count);
        foreach (var ((source, name), count) in _late)
        {
            output.WriteText(source);
            output.WriteCount((int)name);
            output.WriteNumber((ulong)count);
        }
        Save(output, _months);
        Save(output, _regions);
        Customers.Save(output, everything);
        Visitors.Save(output, everything);
    }

    public void Load(StateReader input)
    {
        for (var i = 0; i < _events.Length; i++) _events[i] = (long)input.ReadNumber();
        Orders = (long)input.ReadNumber();
        Refunds = (long)input.ReadNumber();
        for (var count = input.ReadCount(); count > 0; count--)
            _sources[input.ReadText()] = (long)input.ReadNumber();
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var place = (input.ReadText(), (EventName)input.ReadCount());
            _late[place] = (long)input.ReadNumber();
        }
        Load(input, _months);
        Load(input, _regions);
        Customers.Load(input);
        Visitors.Load(input);
    }

    private void AddLate(CommerceEvent e)
    {
        var place = (e.Source, e.Name);
        if (_late.Count >= TextLimit && !_late.ContainsKey(place)) place.Source = Others;
        _late[place] = _late.GetValueOrDefault(place) + 1;
    }

    private void AddOrder(CommerceEvent e)
    {
        var isPurchase = e.Name == EventName.Purchase;
        if (e.OrderPart == 1)
        {
            if (isPurchase) Orders++;
            else Refunds++;
        }
        var sum = 0m;
        Currency? currency = null;
        foreach (ref readonly var line in e.Lines.AsSpan())
        {
            if (line.UnitPrice is not { } price) continue;
            currency = price.Currency;
            sum += price.Amount * line.Quantity;
        }
        // Without a price there is no revenue, and no currency to note none in.
        if (currency is not { } known) return;
        var revenue = isPurchase
            ? new Revenue { Purchased = sum } : new Revenue { Refunded = sum };
        Add(_months, known, Month(e.Time), revenue);
        Add(_regions, known, e.Region ?? "", revenue);
    }

    private static string Month(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM}";

    private static void Add(
        Dictionary<(Currency, string), Revenue> sums, Currency currency, string key, Revenue part)
    {
        var place = (currency, sums.Count < TextLimit || sums.ContainsKey((currency, key))
            ? key : Others);
        sums[place] = sums.GetValueOrDefault(place) + part;
    }

    private static void Save(
        StateWriter output, Dictionary<(Currency Currency, string Key), Revenue> sums)
    {
        output.WriteCount(sums.Count);
        foreach (var ((currency, key), revenue) in sums)
        {
            output.WriteText(currency.Code);
            output.WriteText(key);
            output.WriteDecimal(revenue.Purchased);
            output.WriteDecimal(revenue.Refunded);
        }
    }

    private static void Load(StateReader input, Dictionary<(Currency, string), Revenue> sums)
    {
        for (var count = input.ReadCount(); count > 0; count--)
        {
            var place = (Currency.Of(input.ReadText()), input.ReadText());
            sums[place] = new Revenue
            {
                Purchased = input.ReadDecimal(),
                Refunded = input.ReadDecimal(),
            };
        }
    }
}
