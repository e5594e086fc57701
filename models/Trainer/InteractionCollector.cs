using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Factorization;

namespace StreamCommerce.Models.Trainer;

/// <summary>
/// Collects training data from events: the interactions of each visitor, or of each session. Events
/// that are none (see <see cref="InteractionKinds"/>) are passed over. The same event counts once,
/// however often the log has it. The outcome does not depend on the order of the events, so not on
/// a log's partitions. One thread.
/// </summary>
/// <param name="interactionLimit">Interactions at most, 48 bytes each meanwhile.</param>
public sealed class InteractionCollector(int interactionLimit = 100_000_000)
{
    /// <summary>A silence longer than this ends a session that the storefront did not name, as in
    /// the service.</summary>
    public static readonly TimeSpan SessionGap = TimeSpan.FromMinutes(30);

    private const ulong Unnamed = 0;

    private readonly Dictionary<string, int> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly List<List<Collected>> _collected = [];

    /// <summary>Interactions so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an event.</summary>
    /// <exception cref="InvalidDataException">There are more interactions than fit.</exception>
    public void Add(CommerceEvent e)
    {
        if (InteractionKinds.Of(e.Name) is not { } kind || e.Lines.Length == 0) return;
        if (Count > interactionLimit - e.Lines.Length)
        {
            throw new InvalidDataException($"There are more than {interactionLimit} " +
                "interactions; train from a shorter time.");
        }
        if (NumberOf(_users, e.Visitor.Value) is var user && user == _collected.Count)
            _collected.Add([]);
        var id = IdOf(e);
        var session = e.Session is { } named ? StableHash.Of(named.Value) | 1 : Unnamed;
        var seconds = (e.Time - DateTimeOffset.UnixEpoch).TotalSeconds;
        for (var i = 0; i < e.Lines.Length; i++)
        {
            _collected[user].Add(new(NumberOf(_items, e.Lines[i].Sku.Value), kind, seconds,
                id + (ulong)i, session));
        }
        Count += e.Lines.Length;
    }

    /// <summary>Histories of visitors: users and items by their ids, each user's interactions by
    /// time.</summary>
    public TrainingData Build()
    {
        var (items, numbers) = NumberItems();
        return new TrainingData([.. Visitors(numbers)
            .Select(visitor => visitor.Select(done => done.Interaction).ToArray())], items);
    }

    /// <summary>
    /// Histories of sessions, in the order in which they ended: those that the storefront named,
    /// and of events that name none what no silence of more than <see cref="SessionGap"/> parts. A
    /// session is a path of clicks; see <see cref="SessionClicks"/>.
    /// </summary>
    public TrainingData BuildSessions()
    {
        var (items, numbers) = NumberItems();
        var sessions = Visitors(numbers).SelectMany(SessionsOf).Select(SessionClicks.Of);
        return new TrainingData([.. SessionClicks.ByEnd(sessions)], items);
    }

    private (string[] Items, int[] Numbers) NumberItems()
    {
        var items = _items.Keys.Order(StringComparer.Ordinal).ToArray();
        var numbers = new int[items.Length];
        for (var i = 0; i < items.Length; i++) numbers[_items[items[i]]] = i;
        return (items, numbers);
    }

    // By their ids; what each did in the order of time.
    private IEnumerable<(Interaction Interaction, ulong Session)[]> Visitors(int[] numbers) =>
        _users.OrderBy(user => user.Key, StringComparer.Ordinal)
            .Select(user => _collected[user.Value]
                .DistinctBy(collected => collected.Id)
                .OrderBy(collected => collected.Time).ThenBy(collected => collected.Id)
                .Select(collected => (
                    new Interaction(numbers[collected.Item], collected.Kind, collected.Time),
                    collected.Session))
                .ToArray());

    private static IEnumerable<Interaction[]> SessionsOf(
        (Interaction Interaction, ulong Session)[] visitor)
    {
        foreach (var session in visitor.GroupBy(done => done.Session))
        {
            var all = session.Select(done => done.Interaction).ToArray();
            var first = 0;
            for (var i = 1; i < all.Length; i++)
            {
                var isOver = session.Key == Unnamed
                    && all[i].Time - all[i - 1].Time > SessionGap.TotalSeconds;
                if (!isOver) continue;
                yield return all[first..i];
                first = i;
            }
            yield return all[first..];
        }
    }

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
        int Item, InteractionKind Kind, double Time, ulong Id, ulong Session);
}
