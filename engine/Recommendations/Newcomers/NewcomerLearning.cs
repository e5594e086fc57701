using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Retrieval;

namespace StreamCommerce.Engine.Recommendations.Newcomers;

/// <summary>
/// Gives a factor to the products of the shelf that the served model has not seen: at first what
/// their categories, brand and attributes promise, and then more and more what those say who
/// touched them. Beside the traffic; an answer only reads what was made.
/// </summary>
/// <remarks>
/// Any thread, one at a time does the work. A factor is a function of shelf, model, and the
/// profiles at the moment it is made: as soon as the product is touched, somebody who had touched
/// it is forgotten, or its turn comes. Nothing of it is stored: it is made again for the next model
/// and after a restart.
/// </remarks>
public sealed class NewcomerLearning(CommerceEngine engine, Shelf shelf)
{
    /// <summary>Products at most: those that were put up last.</summary>
    public const int Limit = 20_000;

    /// <summary>Between two refreshes.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    // Each takes up to a millisecond; the others' turn comes at the next refresh.
    private const int TouchedLimit = 200;

    // Of those who were touched some time, so many are made again at a refresh: their visitors
    // have done more since, and more visitors have passed them by.
    private const int TurnLimit = 10;

    // What a promise weighs; a view weighs 1. By judgement: no public data with attributes is at
    // hand to choose it by.
    private const double PromiseWeight = 5;

    // When so many more of the model's products are on the shelf, it is learnt from anew.
    private const double CatalogueGrowth = 1.25;

    private readonly Lock _gate = new();
    private State? _state;

    /// <summary>A product that is new to the model.</summary>
    private sealed class Newcomer(int item, int dimensions)
    {
        public int Item => item;

        public float[] Factor { get; } = new float[dimensions];

        /// <summary>Whether the factor says anything.</summary>
        public bool IsKnown { get; set; }

        /// <summary>As it was when the factor was made; null before.</summary>
        public ShelfProduct? Product { get; set; }

        /// <summary>Touches when the factor was made.</summary>
        public long Changes { get; set; }
    }

    /// <summary>What is learnt for one model.</summary>
    private sealed class State(ServedModel model, CommerceEngine engine, Shelf shelf)
    {
        public ServedModel Model => model;

        public NewcomerPromises Promises { get; set; } = NewcomerPromises.Fit(model, shelf);

        public NewcomerVisitors Visitors { get; } = new(model, engine);

        /// <summary>By item.</summary>
        public Newcomer[] Newcomers { get; set; } = [];

        /// <summary>The shelf's version that they are from.</summary>
        public long ShelfVersion { get; set; } = -1;

        /// <summary>The place among them to go on from.</summary>
        public int Turn { get; set; }
    }

    /// <summary>Refreshes again and again until it is told to stop.</summary>
    /// <param name="models">The model that answers.</param>
    /// <param name="time">The clock of the interval.</param>
    /// <param name="ct">Ends it with <see cref="OperationCanceledException"/>.</param>
    public async Task RunAsync(
        ModelSlot<ServedModel> models, TimeProvider time, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            using var lease = models.Acquire();
            if (lease.Value is { } model) Refresh(model);
        }
    }

    /// <summary>Brings a model's newcomers up to date; for a model that is not served yet, at
    /// once, so that it begins with them.</summary>
    /// <param name="model">Leased, or the caller's own. One without factors is left as it is.
    /// </param>
    public void Refresh(ServedModel model)
    {
        if (model.Factors is null) return;
        lock (_gate)
        {
            if (_state?.Model != model) _state = new(model, engine, shelf);
            var hasChanged = TakeFromShelf(_state);
            hasChanged |= Learn(_state);
            if (hasChanged) model.Newcomers = ToFactors(_state);
        }
    }

    private bool TakeFromShelf(State state)
    {
        var version = shelf.ProductVersion;
        if (version == state.ShelfVersion) return false;
        state.ShelfVersion = version;
        // The oldest in front, to make room for the next.
        var newest = new PriorityQueue<int, (long Ticks, int Item)>();
        var learnable = 0;
        for (var item = 0; item < shelf.Items.Count; item++)
        {
            if (shelf.Find(item) is not { } product) continue;
            if (state.Model.NumberOf(item) is var number and >= 0)
            {
                if (NewcomerPromises.CanLearnFrom(state.Model, number)) learnable++;
                continue;
            }
            if (newest.Count < Limit) newest.Enqueue(item, (product.AddedTicks, item));
            else newest.EnqueueDequeue(item, (product.AddedTicks, item));
        }
        var before = state.Newcomers.ToDictionary(newcomer => newcomer.Item);
        var dimensions = state.Model.Factors!.Dimensions;
        state.Newcomers = [.. newest.UnorderedItems.Select(one => one.Element).Order()
            .Select(item => before.GetValueOrDefault(item) ?? new Newcomer(item, dimensions))];
        if (learnable > CatalogueGrowth * state.Promises.ProductCount)
        {
            state.Promises = NewcomerPromises.Fit(state.Model, shelf);
            foreach (var newcomer in state.Newcomers) newcomer.Product = null;
        }
        return true;
    }

    private bool Learn(State state)
    {
        var count = state.Newcomers.Length;
        var (first, touched, hasChanged) = (state.Turn, 0, false);
        state.Turn = count == 0 ? 0 : (first + TurnLimit) % count;
        for (var i = 0; i < count; i++)
        {
            var place = (first + i) % count;
            var newcomer = state.Newcomers[place];
            var product = shelf.Find(newcomer.Item)!;
            var changes = state.Visitors.ChangesOf(newcomer.Item);
            if (product == newcomer.Product && changes == newcomer.Changes
                && (changes == 0 || i >= TurnLimit)) continue;
            if (changes > 0 && touched++ >= TouchedLimit)
            {
                if (touched == TouchedLimit + 1) state.Turn = place;
                // Until its turn comes, one that is there for the first time has its promise.
                if (newcomer.Product is not null) continue;
                changes = 0;
            }
            hasChanged |= Make(state, newcomer, product, changes);
        }
        return hasChanged;
    }

    /// <summary>Makes a factor; tells whether it is another one than before.</summary>
    private static bool Make(State state, Newcomer newcomer, ShelfProduct product, long changes)
    {
        var dimensions = newcomer.Factor.Length;
        Span<float> numbers = stackalloc float[3 * dimensions];
        var promised = numbers[..dimensions];
        var seen = numbers.Slice(dimensions, dimensions);
        var factor = numbers[(2 * dimensions)..];
        (newcomer.Product, newcomer.Changes) = (product, changes);
        var isKnown = state.Promises.Write(product, promised);
        seen.Clear();
        var weight = changes == 0
            ? 0 : state.Visitors.Write(newcomer.Item, product.AddedTicks, seen);
        ItemFoldIn.Blend(promised, seen, weight, PromiseWeight, factor);
        isKnown = (isKnown || weight > 0) && ItemFactors.IsUsable(factor);
        if (isKnown == newcomer.IsKnown && factor.SequenceEqual(newcomer.Factor)) return false;
        newcomer.IsKnown = isKnown;
        factor.CopyTo(newcomer.Factor);
        return true;
    }

    private static NewcomerFactors? ToFactors(State state)
    {
        var known = state.Newcomers.Where(newcomer => newcomer.IsKnown).ToArray();
        if (known.Length == 0) return null;
        var dimensions = state.Model.Factors!.Dimensions;
        var numbers = new float[known.Length * dimensions];
        for (var i = 0; i < known.Length; i++)
            known[i].Factor.CopyTo(numbers, i * dimensions);
        return new(
            [.. known.Select(newcomer => newcomer.Item)], new ItemFactors(numbers, dimensions));
    }
}
