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
