using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.Forgetting;

/// <summary>A place outside of the projections that keeps something of visitors.</summary>
/// <remarks>Both may be repeated. What is kept of events alone belongs into a projection, which a
/// rebuild makes anew; <see cref="VisitorForgetting"/> asks these places first, and then lets the
/// events that they still had to tell come into the log.</remarks>
public interface IVisitorPlace
{
    /// <summary>What it keeps, as <c>carts</c>.</summary>
    string Name { get; }

    /// <summary>Removes all that is kept of a visitor; durable when it returns.</summary>
    /// <returns>How many things.</returns>
    ValueTask<long> ForgetAsync(VisitorId visitor, CancellationToken ct);

    /// <summary>How many things are kept of a visitor.</summary>
    ValueTask<long> CountAsync(VisitorId visitor, CancellationToken ct);
}
