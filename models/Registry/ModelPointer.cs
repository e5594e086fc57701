namespace StreamCommerce.Models.Registry;

/// <summary>How a model became the current one.</summary>
public enum PromotionKind
{
    /// <summary>Somebody chose it.</summary>
    Promoted,

    /// <summary>The one after it was taken back.</summary>
    RolledBack,
}

/// <summary>A change of the current model.</summary>
/// <param name="ModelId">What became current.</param>
/// <param name="Kind">How.</param>
/// <param name="At">When.</param>
/// <param name="Note">Why, in a few words.</param>
public sealed record Promotion(
    string ModelId, PromotionKind Kind, DateTimeOffset At, string Note);

/// <summary>
/// Which model is current, and which were. It is replaced as a whole; the revision counts the
/// changes, so that two of them never overtake each other unseen.
/// </summary>
/// <param name="Revision">0: nothing was ever promoted.</param>
/// <param name="History">The changes, oldest first: the last
/// <see cref="HistoryLimit"/>.</param>
public sealed record ModelPointer(long Revision, IReadOnlyList<Promotion> History)
{
    /// <summary>Changes that are kept: more than anybody looks back on.</summary>
    public const int HistoryLimit = 500;

    public static readonly ModelPointer None = new(0, []);

    /// <summary>The current model; null where there is none.</summary>
    public string? ModelId => History.Count == 0 ? null : History[^1].ModelId;

    /// <summary>Makes a model the current one.</summary>
    public ModelPointer Promote(string modelId, DateTimeOffset at, string note) =>
        With(new(modelId, PromotionKind.Promoted, at, note));

    /// <summary>
    /// Goes back to the model that was current before this one was promoted; null where there was
    /// none. Again, it goes back further.
    /// </summary>
    public ModelPointer? RollBack(DateTimeOffset at, string note)
    {
        var promoted = new List<string>();
        foreach (var change in History)
        {
            if (change.Kind == PromotionKind.Promoted) promoted.Add(change.ModelId);
            else if (promoted.Count > 0) promoted.RemoveAt(promoted.Count - 1);
            // What it went back to may have been promoted before what is kept of the history.
            if (promoted.Count == 0) promoted.Add(change.ModelId);
        }
        return promoted.Count < 2
            ? null : With(new(promoted[^2], PromotionKind.RolledBack, at, note));
    }

    private ModelPointer With(Promotion change) => new(
        Revision + 1, [.. History.Skip(Math.Max(0, History.Count + 1 - HistoryLimit)), change]);
}
