using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Factorization;

/// <summary>What somebody did with an item.</summary>
public enum InteractionKind
{
    View,
    Cart,
    Purchase,
}

/// <summary>What an interaction weighs in a factor.</summary>
public static class InteractionWeights
{
    /// <summary>The weight of its kind, halved once for each half-life that has passed.</summary>
    /// <param name="kind">What was done.</param>
    /// <param name="age">How long ago; what lies ahead counts as now.</param>
    /// <param name="parameters">Weights of the kinds, and the half-life.</param>
    /// <returns>0 or more; 0 after some 150 half-lives, when nothing is left of it.</returns>
    public static float Of(InteractionKind kind, TimeSpan age, FoldInParameters parameters)
    {
        var weight = kind switch
        {
            InteractionKind.View => parameters.ViewWeight,
            InteractionKind.Cart => parameters.CartWeight,
            InteractionKind.Purchase => parameters.PurchaseWeight,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a known kind."),
        };
        var days = Math.Max(0, age.TotalDays);
        return (float)(weight * double.Exp2(-days / parameters.HalfLifeDays));
    }
}
