namespace StreamCommerce.Engine.Pipeline.Forgetting;

/// <summary>What the engine has removed of a visitor.</summary>
/// <param name="Partition">The partition of its events.</param>
/// <param name="Offset">Where it was forgotten.</param>
/// <param name="Places">Projections and files.</param>
public sealed record ErasedState(
    int Partition, long Offset, IReadOnlyList<ErasedPlace> Places);
