namespace StreamCommerce.Tests.Cosmos.Gateway.Faults;

/// <summary>Says to whoever holds the connection how its answer gets lost.</summary>
internal sealed class LostAnswerException(Loss loss) : Exception($"Injected: {loss}")
{
    public Loss Loss { get; } = loss;
}
