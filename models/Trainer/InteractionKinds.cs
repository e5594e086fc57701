using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Factorization;

namespace StreamCommerce.Models.Trainer;

/// <summary>What events say of a wish: one table for what is learnt and for what is served, as a
/// factor that is learnt from other interactions than it is asked with answers another question.
/// </summary>
public static class InteractionKinds
{
    /// <summary>The kind of interaction that an event is; null for one that says nothing of a wish,
    /// or its opposite.</summary>
    public static InteractionKind? Of(EventName name) => name switch
    {
        EventName.SelectItem or EventName.ViewItem => InteractionKind.View,
        EventName.AddToCart => InteractionKind.Cart,
        EventName.Purchase => InteractionKind.Purchase,
        _ => null,
    };
}
