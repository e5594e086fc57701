using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>Takes about a tenth of a millisecond for an event.</summary>
internal sealed class SlowProjection : IProjection
{
    public string Name => "slow";

    public int Version => 1;

    public void Apply(in StreamEvent e) => Thread.SpinWait(10_000);

    public void Forget(int visitor)
    {
        // It keeps nothing.
    }

    public int KeptOf(int visitor) => 0;

    public void Save(StateWriter output, bool everything)
    {
        // It keeps nothing.
    }

    public void Load(StateReader input)
    {
        // It keeps nothing.
    }
}
