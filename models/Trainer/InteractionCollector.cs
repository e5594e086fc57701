using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Factorization;

namespace StreamCommerce.Models.Trainer;

/// <summary>
/// Collects training data from events: views, items put into carts, and purchases, of each
/// visitor. Other events say nothing of a wish, or of its opposite, and are passed over. The same
/// event counts once, however often the log has it. The outcome does not depend on the order of
/// the events, so not on a log's partitions. One thread.
/// </summary>
/// <param name="interactionLimit">Interactions at most, 40 bytes each meanwhile.</param>
public sealed class InteractionCollector(int interactionLimit = 100_000_000)
{
    private readonly Dictionary<string, int> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly List<List<Collected>> _collected = [];

    /// <summary>Interactions so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an event.</summary>
    /// <exception cref="InvalidDataException">There are more interactions than fit.</exception>
    public void Add(CommerceEvent e)
    {
        if (KindOf(e.Name) is not { } kind || e.Lines.Length == 0) return;
        if (Count > interactionLimit - e.Lines.Length)
        {
            throw new InvalidDataException($"There are more than {interactionLimit} " +
                "interactions; train from a shorter time.");
        }
        if (NumberOf(_users, e.Visitor.Value) is var user && user == _collected.Count)
            _collected.Add([]);
        var id = IdOf(e);
        var seconds = (e.Time - DateTimeOffset.UnixEpoch).TotalSeconds;
        for (var i = 0; i < e.Lines.Length; i++)
        {
            _collected[user].Add(new(NumberOf(_items, e.Lines[i].Sku.Value), kind, seconds,
                id + (ulong)i));
        }
        Count += e.Lines.Length;
    }

    /// <summary>The data: users and items by their ids, each user's interactions by time.
    /// </summary>
    public TrainingData Build()
    {
        var items = _items.Keys.Order(StringComparer.Ordinal).ToArray();
        var numbers = new int[items.Length];
        for (var i = 0; i < items.Length; i++) numbers[_items[items[i]]] = i;
        var users = _users.OrderBy(user => user.Key, StringComparer.Ordinal)
            .Select(user => _collected[user.Value]
                .DistinctBy(collected => collected.Id)
                .OrderBy(collected => collected.Time).ThenBy(collected => collected.Id)
                .Select(collected => new Interaction(
                    numbers[collected.Item], collected.Kind, collected.Time))
                .ToArray());
        return new TrainingData([.. users], items);
    }

    private static InteractionKind? KindOf(EventName name) => name switch
    {
        EventName.ViewItem => InteractionKind.View,
        EventName.AddToCart => InteractionKind.Cart,
        EventName.Purchase => InteractionKind.Purchase,
        _ => null,
    };

    // 64 bits are enough to tell one visitor's events apart.
    private static ulong IdOf(CommerceEvent e)
    {
        var hash = new XxHash3();
        hash.Append(Encoding.UTF8.GetBytes(e.Source));
        hash.Append("\n"u8);
        hash.Append(Encoding.UTF8.GetBytes(e.Id.Value));
        return hash.GetCurrentHashAsUInt64();
    }

    private static int NumberOf(Dictionary<string, int> numbers, string id)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(
            numbers, id, out var isKnown);
        if (!isKnown) number = numbers.Count - 1;
        return number;
    }

    private readonly record struct Collected(
        int Item, InteractionKind Kind, double Time, ulong Id);
}
