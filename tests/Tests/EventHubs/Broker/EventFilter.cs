using System.Globalization;
using System.Text.RegularExpressions;
using Amqp.Framing;
using Amqp.Types;

namespace StreamCommerce.Tests.EventHubs.Broker;

/// <summary>
/// Where a reader begins: the one comparison that clients put into a link's filter, as
/// <c>amqp.annotation.x-opt-sequence-number >= '42'</c>.
/// </summary>
internal sealed partial class EventFilter
{
    private const string Selector = "apache.org:selector-filter:string";
    private const string FromStart = "-1";
    private const string FromEnd = "@latest";

    private readonly string _annotation;
    private readonly bool _isInclusive;
    private readonly string _value;

    private EventFilter(string annotation, bool isInclusive, string value) =>
        (_annotation, _isInclusive, _value) = (annotation, isInclusive, value);

    /// <summary>The filter of a link; from the start on where it has none.</summary>
    /// <exception cref="FormatException">It is another expression than clients use.</exception>
    public static EventFilter Of(Source source)
    {
        if (source.FilterSet?[new Symbol(Selector)] is not DescribedValue { Value: string text })
            return new(Annotations.Offset, false, FromStart);
        var match = Comparison().Match(text);
        return match.Success
            ? new(match.Groups[1].Value, match.Groups[2].Length > 0, match.Groups[3].Value)
            : throw new FormatException($"The filter is not understood: {text}");
    }

    public bool Matches(StoredEvent e)
    {
        if (_value == FromStart && _annotation == Annotations.Offset) return true;
        if (_value == FromEnd) return false;
        var bound = long.Parse(_value, CultureInfo.InvariantCulture);
        var actual = _annotation switch
        {
            Annotations.SequenceNumber => e.SequenceNumber,
            Annotations.Offset => e.Offset,
            _ => e.EnqueuedAt.ToUnixTimeMilliseconds(),
        };
        return _isInclusive ? actual >= bound : actual > bound;
    }

    [GeneratedRegex("^amqp\\.annotation\\." +
        "(x-opt-offset|x-opt-sequence-number|x-opt-enqueued-time) >(=?) '?([-@a-z0-9]+)'?$")]
    private static partial Regex Comparison();
}
