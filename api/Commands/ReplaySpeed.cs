using System.Globalization;

namespace StreamCommerce.Api.Commands;

/// <summary>How fast a replay lets the dataset's time pass.</summary>
/// <param name="Factor">Seconds of event time in a second; null: without waiting.</param>
internal readonly record struct ReplaySpeed(double? Factor)
{
    /// <summary>As fast as the service takes them.</summary>
    public static readonly ReplaySpeed Max = new(null);

    /// <summary>Reads <c>max</c>, or a factor such as <c>1x</c>, <c>100x</c>, <c>0.5x</c>.
    /// </summary>
    public static bool TryParse(string text, out ReplaySpeed speed)
    {
        speed = Max;
        if (text == "max") return true;
        if (!text.EndsWith('x')
            || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture, out var factor)
            || factor is not (>= 0.001 and <= 1_000_000_000))
        {
            return false;
        }
        speed = new ReplaySpeed(factor);
        return true;
    }

    public override string ToString() => Factor is { } factor
        ? string.Create(CultureInfo.InvariantCulture, $"{factor}x") : "max";
}

/// <summary>
/// When each event is due: the first at once, the others as much later as the dataset says,
/// compressed. An event that is earlier than one before it is due at once. One thread.
/// </summary>
internal sealed class ReplayPace(double factor, TimeProvider time)
{
    private long _started;
    private DateTimeOffset? _first;

    /// <summary>How long the event has to wait; zero where it is due.</summary>
    public TimeSpan Wait(DateTimeOffset eventTime)
    {
        if (_first is not { } first)
        {
            _first = eventTime;
            _started = time.GetTimestamp();
            return TimeSpan.Zero;
        }
        var due = (eventTime - first) / factor;
        var wait = due - time.GetElapsedTime(_started);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
