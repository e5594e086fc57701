using System.Text.Json;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// Tells what a parser's exception says without the parser's own words, which name .NET types and
/// options.
/// </summary>
public static class JsonFaults
{
    /// <summary>Whether the text itself is no JSON, so that no field is to blame.</summary>
    public static bool IsSyntax(JsonException e) =>
        e.Message.Contains("JSON tokens", StringComparison.Ordinal)
        || EndsEarly(e.Message) || e.GetType() != typeof(JsonException)
        || e.InnerException is JsonException;

    /// <summary>What is wrong with the text, to be read behind what it is: "The body …".</summary>
    public static string Describe(JsonException e)
    {
        var m = e.Message;
        if (m.Contains("JSON tokens", StringComparison.Ordinal))
            return "is empty: there is no JSON.";
        if (EndsEarly(m)) return $"ends in the middle of its JSON ({Place(e)}).";
        if (m.Contains("transcode", StringComparison.Ordinal))
            return "holds text that cannot be decoded; send UTF-8.";
        var end = m.IndexOfAny(['|', '\r', '\n']);
        m = (end < 0 ? m : m[..end]).Split(" LineNumber:")[0].Split(" Path:")[0].Trim();
        return $"is not valid JSON: {m.TrimEnd('.')} ({Place(e)}).";
    }

    /// <summary>Where it is, from line 1 and byte 0 as editors count lines.</summary>
    public static string Place(JsonException e) =>
        $"line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0}";

    private static bool EndsEarly(string message) =>
        message.Contains("end of data", StringComparison.Ordinal)
        || message.Contains("isFinalBlock", StringComparison.Ordinal)
        || message.Contains("should be closed", StringComparison.Ordinal)
        || message.Contains("Expected depth to be zero", StringComparison.Ordinal);
}
