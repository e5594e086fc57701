using System.Runtime.InteropServices;
using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>Numbers the sets of arms that answers were made by, so that a click keeps a number.
/// Number 0 is the empty set, and that of sets beyond the limit. Only grows.</summary>
internal sealed class ArmSets
{
    /// <summary>Sets that are told apart: all combinations of eight experiments of two arms, many
    /// times.</summary>
    public const int Limit = 4_096;

    private readonly List<uint[]> _sets = [[]];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [""] = 0 };

    public ReadOnlySpan<uint> this[int number] => _sets[number];

    public int Resolve(ReadOnlySpan<uint> arms)
    {
        // The tags as the characters of a text, two each.
        var key = new string(MemoryMarshal.Cast<uint, char>(arms));
        if (_numbers.TryGetValue(key, out var known)) return known;
        if (_sets.Count == Limit) return 0;
        _sets.Add(arms.ToArray());
        return _numbers[key] = _sets.Count - 1;
    }

    public void Save(StateWriter output, int number)
    {
        output.WriteCount(_sets[number].Length);
        foreach (var arm in _sets[number]) output.WriteNumber(arm);
    }

    public int Load(StateReader input)
    {
        var arms = new uint[input.ReadCount()];
        foreach (ref var arm in arms.AsSpan()) arm = (uint)input.ReadNumber();
        return Resolve(arms);
    }
}
