using StreamCommerce.Models.Factorization;

namespace StreamCommerce.Models.Trainer;

/// <summary>
/// A session as a path of clicks, as the service follows it: one product after another. What is
/// done with the same product in a row is one click, of the strongest kind; a purchase names again
/// what was clicked on before, and leads nowhere.
/// </summary>
internal static class SessionClicks
{
    /// <summary>The path of what was done in a session, oldest first.</summary>
    public static Interaction[] Of(Interaction[] session)
    {
        var clicks = new List<Interaction>(session.Length);
        var seen = new HashSet<int>();
        foreach (var done in session)
        {
            var isNew = seen.Add(done.Item);
            if (clicks.Count > 0 && clicks[^1].Item == done.Item)
            {
                if (done.Kind > clicks[^1].Kind) clicks[^1] = clicks[^1] with { Kind = done.Kind };
            }
            else if (isNew || done.Kind != InteractionKind.Purchase)
            {
                clicks.Add(done);
            }
        }
        return [.. clicks];
    }

    /// <summary>Sessions in the order of their last clicks, those without any left out; of equal
    /// ones the order stays.</summary>
    public static IEnumerable<Interaction[]> ByEnd(IEnumerable<Interaction[]> sessions) =>
        sessions.Where(session => session.Length > 0).OrderBy(session => session[^1].Time);
}
