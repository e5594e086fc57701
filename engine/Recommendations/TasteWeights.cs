using StreamCommerce.Engine.Profiles;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>What the interactions of a visitor's profile say of a taste.</summary>
internal static class TasteWeights
{
    /// <summary>The weight that an interaction has in a factor; 0 for one that says nothing.
    /// </summary>
    /// <param name="done">What was done.</param>
    /// <param name="nowTicks">The moment that it is seen from.</param>
    /// <param name="parameters">The model's.</param>
    public static float Of(
        in ItemInteraction done, long nowTicks, FoldInParameters parameters) =>
        InteractionKinds.Of(done.Name) is { } kind
            ? InteractionWeights.Of(kind, new TimeSpan(nowTicks - done.Ticks), parameters) : 0;
}
