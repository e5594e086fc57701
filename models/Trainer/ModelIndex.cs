using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Retrieval;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Models.Trainer;

/// <summary>The index over a model's factors, built once where it is trained, so that no service
/// has to.</summary>
public static class ModelIndex
{
    /// <summary>Users whose factors show the index what it will be asked.</summary>
    private const int QueryLimit = 500;

    /// <summary>The sections to write with the model; none where it has no factors.</summary>
    /// <param name="ranker">What was trained.</param>
    /// <param name="context">Seed, threads, progress.</param>
    /// <param name="ct">Ends it early.</param>
    public static IReadOnlyList<ModelSection> SectionsOf(
        IRanker ranker, TrainingContext context, CancellationToken ct)
    {
        if (ranker is not FactorizationRanker { Model: { ItemCount: > 0 } model }) return [];
        var options = new ItemIndexOptions
        {
            Seed = context.Seed,
            ThreadCount = context.ThreadCount,
            Progress = context.Progress,
        };
        return ItemIndexSections.Of(ItemIndexBuilder.Build(
            new ItemFactors(model.ItemFactors, model.Dimensions), Sample(model), options, ct));
    }

    // Evenly over all users; of those without interactions the factor asks for nothing.
    private static float[] Sample(FactorizationModel model)
    {
        var known = Enumerable.Range(0, model.UserCount)
            .Where(user => model.UserFactor(user).ContainsAnyExcept(0f)).ToList();
        var count = Math.Min(QueryLimit, known.Count);
        var queries = new float[count * model.Dimensions];
        for (var i = 0; i < count; i++)
        {
            model.UserFactor(known[(int)((long)i * known.Count / count)])
                .CopyTo(queries.AsSpan(i * model.Dimensions));
        }
        return queries;
    }
}
