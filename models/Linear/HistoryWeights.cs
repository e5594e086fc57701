namespace StreamCommerce.Models.Linear;

/// <summary>How much each entry of a history counts for what comes next.</summary>
/// <param name="Decay">An entry counts this much of the one after it, in 0 … 1: 0 means that the
/// last one alone counts, 1 that the order means nothing.</param>
/// <param name="Floor">What an entry counts at least, however long ago, in 0 … 1.</param>
internal readonly record struct HistoryWeights(double Decay, double Floor = 0)
{
    /// <summary>The weight of the entry that has so many behind it.</summary>
    public float At(int behind) =>
        (float)Math.Max(Floor, behind == 0 ? 1 : Math.Pow(Decay, behind));
}
