using System.Diagnostics;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// Invented shoppers in an invented shop: pure, and the same for the same catalogue and options.
/// It has two faces over one model: <see cref="Start"/> gives what shoppers do, for a driver that
/// acts it out on a live shop, and <see cref="Events"/> the events that this would cause, for
/// files and benchmarks. Immutable; safe from any thread, while each run is one thread's.
/// </summary>
public sealed class ShopperSimulator
{
    /// <summary>The source of every simulated event.</summary>
    public const string Source = "urn:streamcommerce:simulator";

    /// <summary>The beginning of every simulated visitor's id.</summary>
    public const string VisitorPrefix = "sim-visitor-";

    internal static readonly IReadOnlyDictionary<string, string>[] ShippingTiers =
        Array.ConvertAll(["standard", "express", "pickup"], tier => Only("shipping_tier", tier));

    internal static readonly IReadOnlyDictionary<string, string>[] PaymentTypes =
        Array.ConvertAll(["card", "transfer", "invoice"], type => Only("payment_type", type));

    public ShopperSimulator(SimulatedCatalogue catalogue, SimulatorOptions options)
    {
        Catalogue = catalogue;
        Options = options;
        ListNames = [.. catalogue.CategoryPaths.Select(path => Only("item_list_name", path))];
        // One dictionary a term, shared by all events that search it: nobody changes an event.
        var terms = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        SearchTerms = [.. catalogue.Products.Select(product =>
        {
            if (!terms.TryGetValue(product.SearchTerm, out var only))
                terms[product.SearchTerm] = only = Only("search_term", product.SearchTerm);
            return only;
        })];
    }

    public SimulatedCatalogue Catalogue { get; }

    public SimulatorOptions Options { get; }

    /// <summary>By category.</summary>
    internal IReadOnlyDictionary<string, string>[] ListNames { get; }

    /// <summary>By product.</summary>
    internal IReadOnlyDictionary<string, string>[] SearchTerms { get; }

    /// <summary>
    /// Whether an event tells of simulated traffic: the simulator's own, or what a shop published
    /// when it carried out a simulated shopper's command.
    /// </summary>
    public static bool IsSimulated(CommerceEvent e) =>
        e.Source == Source || e.Visitor.Value.StartsWith(VisitorPrefix, StringComparison.Ordinal);

    /// <summary>Starts a run from the beginning.</summary>
    public ShopperRun Start() => new(this);

    /// <summary>
    /// The first events of a run, in the order in which they arrive: by time, except those that
    /// <see cref="SimulatorOptions.LateShare"/> delays. Each enumeration is a run of its own.
    /// </summary>
    /// <param name="count">How many, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public IEnumerable<CommerceEvent> Events(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Enumerate(count);
    }

    private IEnumerable<CommerceEvent> Enumerate(long count)
    {
        var run = Start();
        for (var given = 0L; given < count;)
        {
            if (!run.TryNext(DateTimeOffset.MaxValue, out var action))
                throw new UnreachableException("Shoppers never stop coming.");
            if (run.Events.Of(action) is not { } e) continue;
            given++;
            yield return e;
        }
    }

    private static Dictionary<string, string> Only(string name, string text) =>
        new(StringComparer.Ordinal) { [name] = text };
}
