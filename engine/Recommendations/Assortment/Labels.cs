using System.Collections.Concurrent;

namespace StreamCommerce.Engine.Recommendations.Assortment;

/// <summary>
/// Numbers texts that products share (categories, brands, attributes) from 0, so that a rule
/// compares numbers. Numbers are given once and live as long as the process. Any thread.
/// </summary>
/// <param name="limit">Texts at most; further ones have no number, and no rule sees them.</param>
public sealed class Labels(int limit)
{
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];

    /// <summary>All lower numbers are given.</summary>
    public int Count
    {
        get { lock (_texts) return _texts.Count; }
    }

    /// <summary>The text of a given number.</summary>
    public string this[int number]
    {
        get { lock (_texts) return _texts[number]; }
    }

    /// <summary>The text's number, or -1 where it has none.</summary>
    public int Find(string text) => _numbers.TryGetValue(text, out var number) ? number : -1;

    /// <summary>The text's number, a new one at first; -1 where no place is left.</summary>
    public int Resolve(string text)
    {
        if (_numbers.TryGetValue(text, out var known)) return known;
        lock (_texts)
        {
            if (_numbers.TryGetValue(text, out known)) return known;
            if (_texts.Count == limit) return -1;
            _texts.Add(text);
            return _numbers[text] = _texts.Count - 1;
        }
    }
}
