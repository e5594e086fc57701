using System.Runtime.InteropServices;

namespace StreamCommerce.Engine.Pipeline.State;

/// <summary>A set of small numbers: what changed since the last save, each once.</summary>
public sealed class DirtyNumbers
{
    private readonly List<int> _numbers = [];
    private bool[] _contains = new bool[1024];

    /// <summary>In the order of their first change. Valid until the next change.</summary>
    public ReadOnlySpan<int> Numbers => CollectionsMarshal.AsSpan(_numbers);

    public void Add(int number)
    {
        if (number >= _contains.Length) Array.Resize(ref _contains, 2 * number);
        if (_contains[number]) return;
        _contains[number] = true;
        _numbers.Add(number);
    }

    public void Clear()
    {
        foreach (var number in _numbers) _contains[number] = false;
        _numbers.Clear();
    }
}
