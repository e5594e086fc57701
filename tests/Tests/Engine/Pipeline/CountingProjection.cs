using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Tests.Engine.Pipeline;

/// <summary>Counts events; may refuse some by throwing.</summary>
internal sealed class CountingProjection(int version, Func<StreamEvent, bool>? refuses = null)
    : IProjection
{
    private static int _applied;

    /// <summary>Events that all of its kind have taken in, over all partitions.</summary>
    public static int Applied
    {
        get => Volatile.Read(ref _applied);
        set => Volatile.Write(ref _applied, value);
    }

    public string Name => "counting";

    public int Version => version;

    public long Count { get; private set; }

    public void Apply(in StreamEvent e)
    {
        if (refuses?.Invoke(e) == true) throw new FormatException($"I refuse {e.Event.Id}.");
        Count++;
        Interlocked.Increment(ref _applied);
    }

    public void Forget(int visitor)
    {
        // It keeps nothing of a visitor.
    }

    public int KeptOf(int visitor) => 0;

    public void Save(StateWriter output, bool everything) => output.WriteNumber((ulong)Count);

    public void Load(StateReader input) => Count = (long)input.ReadNumber();
}
