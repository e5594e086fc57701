using System.Numerics.Tensors;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// Factors of users and items, whose products are scores. They stand in the principal axes of the
/// items' Gramian, the heaviest first: products are the same in any axes, a visitor's normal
/// equations are diagonal in these before the first interaction (<see cref="FoldIn"/>), and a
/// product is nearly known after its first dimensions. All numbers are finite.
/// </summary>
public sealed class FactorizationModel
{
    private FactorizationModel()
    {
    }

    public required int Dimensions { get; init; }

    public int UserCount => UserFactors.Length / Dimensions;

    public int ItemCount => ItemFactors.Length / Dimensions;

    /// <summary>User by user; empty where the trainer keeps none.</summary>
    public required float[] UserFactors { get; init; }

    /// <summary>Item by item.</summary>
    public required float[] ItemFactors { get; init; }

    /// <summary>Σ x xᵀ over the users, for the factor of a new item; empty without users.</summary>
    public required float[] UserGramian { get; init; }

    /// <summary>Weighted interactions of each item in training.</summary>
    public required float[] Popularity { get; init; }

    /// <summary>Turns factors into their principal axes.</summary>
    /// <param name="dimensions">Numbers of a factor.</param>
    /// <param name="userFactors">User by user; may be empty.</param>
    /// <param name="itemFactors">Item by item.</param>
    /// <param name="popularity">Weighted interactions of each item in training.</param>
    /// <param name="gramianWeights">What each item counts in the Gramian whose axes they are, as in
    /// the equations of a visitor; empty where all count 1.</param>
    /// <param name="threadCount">Threads at most.</param>
    /// <param name="ct">Ends it early.</param>
    /// <exception cref="ArgumentException">A factor is not finite, or the lengths do not fit.
    /// </exception>
    public static FactorizationModel Of(int dimensions, float[] userFactors, float[] itemFactors,
        float[] popularity, float[]? gramianWeights = null, int threadCount = 1,
        CancellationToken ct = default)
    {
        if (itemFactors.Length != (long)popularity.Length * dimensions
            || userFactors.Length % dimensions != 0)
            throw new ArgumentException($"Factors of other than {dimensions} numbers.");
        if (!IsFinite(itemFactors) || !IsFinite(userFactors))
            throw new ArgumentException("A factor is not finite.");
        var axes = PrincipalAxes.Of(
            Gramian.Unpadded(itemFactors, dimensions, gramianWeights, threadCount, ct), dimensions);
        var users = Turned(userFactors, axes, dimensions, threadCount, ct);
        return new()
        {
            Dimensions = dimensions,
            UserFactors = users,
            ItemFactors = Turned(itemFactors, axes, dimensions, threadCount, ct),
            UserGramian = users.Length == 0
                ? [] : Gramian.Unpadded(users, dimensions, default, threadCount, ct),
            Popularity = popularity,
        };
    }

    /// <summary>A user's factor.</summary>
    public ReadOnlySpan<float> UserFactor(int user) =>
        UserFactors.AsSpan(user * Dimensions, Dimensions);

    /// <summary>An item's factor.</summary>
    public ReadOnlySpan<float> ItemFactor(int item) =>
        ItemFactors.AsSpan(item * Dimensions, Dimensions);

    // Of no numbers, TensorPrimitives says that not all are finite.
    private static bool IsFinite(float[] factors) =>
        factors.Length == 0 || TensorPrimitives.IsFiniteAll<float>(factors);

    private static float[] Turned(
        float[] factors, float[] axes, int width, int threadCount, CancellationToken ct)
    {
        const int partRows = 1024;
        var turned = new float[factors.Length];
        var rowCount = factors.Length / width;
        SharedWork.Run((rowCount + partRows - 1) / partRows, threadCount, (_, part) =>
        {
            var until = Math.Min(rowCount, (part + 1) * partRows);
            for (var row = part * partRows; row < until; row++)
            {
                ScoreKernel.Multiply(axes, factors.AsSpan(row * width, width),
                    turned.AsSpan(row * width, width));
            }
        }, ct);
        return turned;
    }
}
