using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Engine.Recommendations.Newcomers;

/// <summary>
/// What the first visitors say of the factor of a product that a model has not seen: the normal
/// equations that an item has in training (<see cref="ItemFoldIn"/>), for the factors that they
/// have by all else that they did. Owned by one thread.
/// </summary>
internal sealed class NewcomerVisitors
{
    private readonly ServedModel _model;
    private readonly ItemFoldIn? _items;
    private readonly (PartitionGraph Graph, NewestProductsProjection Newest,
        ProfileProjection Profiles)[] _partitions;
    private readonly ItemInteraction[] _done = new ItemInteraction[ProfileProjection.Limit];
    private readonly List<HistoryEntry> _entries = [];
    private readonly float[] _factors;
    private readonly float[] _weights;
    private readonly double _trainingTicks;

    /// <param name="model">With factors; leased at each call.</param>
    /// <param name="engine">Loaded.</param>
    public NewcomerVisitors(ServedModel model, CommerceEngine engine)
    {
        _model = model;
        _partitions = [.. Enumerable.Range(0, engine.PartitionCount).Select(engine.GraphOf)
            .Select(graph => (graph,
                graph.Projections.OfType<NewestProductsProjection>().Single(),
                graph.Projections.OfType<ProfileProjection>().Single()))];
        var (trained, dimensions) = (model.Model, model.Factors!.Dimensions);
        var visitors = _partitions.Length * NewestProductsProjection.VisitorLimit;
        (_factors, _weights) = (new float[visitors * dimensions], new float[visitors]);
        var manifest = trained.Manifest;
        _trainingTicks = (manifest.DataUntil - manifest.DataFrom)?.Ticks ?? 0;
        var (total, taken) = (0.0, 0);
        foreach (var popularity in trained.Popularity.Span)
        {
            if (!(popularity > 0)) continue;
            total += popularity;
            taken++;
        }
        // Factors that another trainer has made come without the users'.
        if (!trained.UserGramian.IsEmpty && manifest.UserCount > 0 && taken > 0)
        {
            _items = new(trained.UserGramian.Span, dimensions, manifest.UserCount, total / taken,
                trained.FoldIn);
        }
    }

    /// <summary>Grows each time that somebody touches a product; 0 before the first.</summary>
    public long ChangesOf(int item)
    {
        if (_items is null) return 0;
        var changes = 0L;
        foreach (var (graph, newest, _) in _partitions)
            changes += newest.ChangesOf(graph.Products.FindItem(item));
        return changes;
    }

    /// <summary>Writes a product's factor by those who touched it last.</summary>
    /// <param name="item">The product.</param>
    /// <param name="addedTicks">When it was put up; 0 where nobody noted it.</param>
    /// <param name="factor">Overwritten; zeros where nobody did.</param>
    /// <returns>What their interactions weigh, 0 or more.</returns>
    public double Write(int item, long addedTicks, Span<float> factor)
    {
        factor.Clear();
        if (_items is null) return 0;
        var (count, firstTicks, latestTicks) = (0, long.MaxValue, 0L);
        foreach (var (graph, newest, profiles) in _partitions)
        {
            latestTicks = Math.Max(latestTicks, newest.LatestTicks);
            foreach (var visitor in VisitorsOf(graph, newest, item, ref firstTicks))
                if (TryRead(graph, profiles, visitor, item, count)) count++;
        }
        if (count == 0) return 0;
        if (addedTicks > 0) firstTicks = Math.Min(firstTicks, addedTicks);
        _items.Solve(
            _factors.AsSpan(0, count * factor.Length), _weights.AsSpan(0, count),
            ExposureOf(latestTicks - firstTicks, count), factor);
        return TensorPrimitives.Sum<float>(_weights.AsSpan(0, count));
    }

    private static int[] VisitorsOf(
        PartitionGraph graph, NewestProductsProjection newest, int item, ref long firstTicks)
    {
        using var reading = graph.View.EnterScope();
        var visitors = newest.VisitorsOf(graph.Products.FindItem(item), out var first);
        if (first > 0) firstTicks = Math.Min(firstTicks, first);
        return visitors.ToArray();
    }

    /// <summary>False where the visitor's profile does not have the product any more.</summary>
    private bool TryRead(
        PartitionGraph graph, ProfileProjection profiles, int visitor, int item, int place)
    {
        var count = Copy(graph, profiles, visitor);
        if (count == 0) return false;
        var (now, weight) = (_done[count - 1].Ticks, 0f);
        _entries.Clear();
        foreach (ref readonly var done in _done.AsSpan(0, count))
        {
            var part = TasteWeights.Of(done, now, _model.Model.FoldIn);
            if (done.Item == item) weight += part;
            // Only what was trained: a newcomer's factor must not depend on another's.
            else if (_model.NumberOf(done.Item) is var number and >= 0)
                _entries.Add(new(number, part));
        }
        if (!(weight > 0) || _entries.Count == 0) return false;
        var dimensions = _model.Factors!.Dimensions;
        _model.FoldIn!.Solve(CollectionsMarshal.AsSpan(_entries),
            _factors.AsSpan(place * dimensions, dimensions));
        _weights[place] = weight;
        return true;
    }

    private int Copy(PartitionGraph graph, ProfileProjection profiles, int visitor)
    {
        using var reading = graph.View.EnterScope();
        return profiles.CopyTo(visitor, _done);
    }

    /// <summary>The share of as many users as in training who have had the occasion: by the time
    /// since, as if they came evenly; those who took it did have it.</summary>
    private double ExposureOf(long ticks, int count)
    {
        var least = Math.Min(1, (double)count / _model.Model.Manifest.UserCount);
        return _trainingTicks > 0 ? Math.Clamp(ticks / _trainingTicks, least, 1) : least;
    }
}
