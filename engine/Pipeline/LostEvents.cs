using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Pipeline;

/// <summary>How many events of a partition retention removed before the state had them. Saved
/// with the state, of which it says what it lacks. Owned by the partition's thread.</summary>
internal sealed class LostEvents : ICheckpointed
{
    private long _count;

    public string Name => "lost-events";

    public int Version => 1;

    /// <summary>Any thread.</summary>
    public long Count
    {
        get => Volatile.Read(ref _count);
        set => Volatile.Write(ref _count, value);
    }

    public void Save(StateWriter output, bool everything) => output.WriteNumber((ulong)Count);

    public void Load(StateReader input) => Count = (long)input.ReadNumber();
}
