using System.Globalization;

namespace StreamCommerce.Models.Tuning;

/// <summary>Chosen values of a family's parameters; the defaults of those not chosen.</summary>
public sealed class ParameterSet
{
    private readonly SortedDictionary<string, double> _values;

    /// <param name="ranges">The parameters there are.</param>
    /// <param name="chosen">Their values; null for the defaults.</param>
    /// <exception cref="ArgumentException">A parameter that there is not was chosen.</exception>
    public ParameterSet(
        IEnumerable<ParameterRange> ranges, IReadOnlyDictionary<string, double>? chosen = null)
    {
        _values = new(StringComparer.Ordinal);
        foreach (var range in ranges) _values.Add(range.Name, range.Default);
        foreach (var (name, value) in chosen ?? new Dictionary<string, double>())
        {
            if (!_values.ContainsKey(name))
                throw new ArgumentException(
                    $"There is no parameter '{name}'; there are {string.Join(", ", _values.Keys)}.",
                    nameof(chosen));
            _values[name] = value;
        }
    }

    private ParameterSet(SortedDictionary<string, double> values) => _values = values;

    /// <summary>By name, in the order of the names.</summary>
    public IReadOnlyDictionary<string, double> Values => _values;

    public double this[string name] => _values[name];

    public int GetInt32(string name) => (int)Math.Round(_values[name]);

    /// <summary>A number of things.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="limit">The greatest that is allowed; the least is 1.</param>
    /// <exception cref="ArgumentException">It is outside its limits.</exception>
    public int GetCount(string name, int limit) =>
        Math.Round(_values[name]) is >= 1 and var count && count <= limit ? (int)count
            : throw new ArgumentException(
                $"{name} is outside its limits: it must be 1 to {limit}.", name);

    /// <summary>A share of a whole.</summary>
    /// <exception cref="ArgumentException">It is not in 0 … 1.</exception>
    public double GetShare(string name) => _values[name] is >= 0 and <= 1 and var share ? share
        : throw new ArgumentException(
            $"{name} is outside its limits: it must be 0 to 1.", name);

    public bool GetBoolean(string name) => _values[name] != 0;

    /// <summary>The same with another value of one parameter.</summary>
    public ParameterSet With(string name, double value)
    {
        if (!_values.ContainsKey(name))
            throw new ArgumentException($"There is no parameter '{name}'.", nameof(name));
        return new(new(_values, StringComparer.Ordinal) { [name] = value });
    }

    public override string ToString() => string.Join(", ", _values.Select(value =>
        string.Create(CultureInfo.InvariantCulture, $"{value.Key}={value.Value:G6}")));
}
