using System.Globalization;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Live;

/// <summary>The newest known state of a product that changed.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Available">Units that can be promised; absent where only the price changed.
/// </param>
/// <param name="Price">Of one unit; absent where only the stock changed.</param>
public sealed record ProductChange(string ProductId, long? Available, Money? Price);

/// <summary>
/// What changed in the stores, as a compacted list: each product once, at the place of its last
/// change, with its newest state. So memory is bounded, and however slow a subscriber is, it
/// misses no product's newest state and gets nothing twice. Any thread; one lock.
/// </summary>
internal sealed class ShopChanges : IObserver<StoreChange>, IDisposable
{
    /// <summary>Products kept; a subscriber that is further behind reads the stores again.
    /// </summary>
    public const int ProductLimit = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _places =
        new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _changes = [];
    private readonly ActiveCarts _carts;
    private readonly IDisposable _subscription;

    // Only while somebody waits: a busy shop changes more often than it is looked at.
    private TaskCompletionSource? _more;
    private long _last;
    private long _floor;

    public ShopChanges(IObservable<StoreChange> changes, TimeProvider time)
    {
        // Tells this run's numbers from an earlier one's when a subscriber comes back.
        Epoch = time.GetUtcNow().ToUnixTimeMilliseconds();
        _carts = new ActiveCarts(time);
        _subscription = changes.Subscribe(this);
    }

    /// <summary>This run's number.</summary>
    public long Epoch { get; }

    /// <summary>The number of the last change.</summary>
    public long Last
    {
        get { lock (_gate) return _last; }
    }

    /// <summary>Carts with something in them that changed lately.</summary>
    public int ActiveCartCount
    {
        get { lock (_gate) return _carts.Count; }
    }

    public void OnNext(StoreChange value)
    {
        lock (_gate)
        {
            switch (value)
            {
                case StockChanged stock:
                    Put(stock.Sku, stock.Available, null);
                    break;
                case PriceChanged price:
                    Put(price.Sku, null, price.Price);
                    break;
                case CartChanged cart:
                    _carts.Note(cart.Cart);
                    break;
                case ChangesLost:
                    Forget();
                    break;
            }
        }
    }

    public void OnError(Exception error)
    {
        // The stream has detached this observer; every subscriber reads the stores again.
        lock (_gate) Forget();
    }

    public void OnCompleted()
    {
        // The stores are shut; the service stops.
    }

    /// <summary>The newest changes, newest first.</summary>
    public IReadOnlyList<ProductChange> ReadNewest(int count)
    {
        lock (_gate)
        {
            var newest = new List<ProductChange>(count);
            for (var node = _changes.Last; node is not null && newest.Count < count;
                node = node.Previous)
            {
                newest.Add(node.Value.Change);
            }
            return newest;
        }
    }

    /// <summary>
    /// What changed behind a number, oldest first, and the number to go on from; waits where
    /// nothing did. <c>IsReset</c>: some of it is no longer known, read the stores again.
    /// </summary>
    public async Task<(IReadOnlyList<ProductChange> Changes, long Next, bool IsReset)> ReadAsync(
        long after, CancellationToken ct)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (after < _floor || after > _last) return ([], _last, true);
                if (after < _last) return (Behind(after), _last, false);
                more = (_more ??= NewSignal()).Task;
            }
            await more.WaitAsync(ct);
        }
    }

    public void Dispose() => _subscription.Dispose();

    /// <summary>The id of an event: the run and the number.</summary>
    public string ToId(long number) => string.Create(
        CultureInfo.InvariantCulture, $"{Epoch}-{number}");

    /// <summary>The number of an id; -1, which is behind all that is known, where it is of
    /// another run.</summary>
    public long FromId(string id)
    {
        var parts = id.Split('-');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var run)
            && run == Epoch
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            ? n : -1;
    }

    // From the end, so that it costs what it returns and not what is kept.
    private List<ProductChange> Behind(long after)
    {
        var behind = new List<ProductChange>();
        for (var node = _changes.Last; node is not null && node.Value.Number > after;
            node = node.Previous)
        {
            behind.Add(node.Value.Change);
        }
        behind.Reverse();
        return behind;
    }

    // Null: as it was.
    private void Put(Sku sku, long? available, Money? price)
    {
        if (_places.TryGetValue(sku.Value, out var node))
        {
            var old = node.Value.Change;
            _changes.Remove(node);
            node.Value = new Entry(++_last, new(
                old.ProductId, available ?? old.Available, price ?? old.Price));
            _changes.AddLast(node);
        }
        else
        {
            _places[sku.Value] = _changes.AddLast(
                new Entry(++_last, new(sku.Value, available, price)));
        }
        if (_changes.Count > ProductLimit)
        {
            var oldest = _changes.First!.Value;
            _changes.RemoveFirst();
            _places.Remove(oldest.Change.ProductId);
            _floor = oldest.Number;
        }
        Wake();
    }

    private void Forget()
    {
        _changes.Clear();
        _places.Clear();
        _floor = ++_last;
        Wake();
    }

    private void Wake()
    {
        _more?.TrySetResult();
        _more = null;
    }

    private static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Entry(long Number, ProductChange Change);
}
