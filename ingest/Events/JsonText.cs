using System.Text.Json;
using System.Text.Unicode;

namespace StreamCommerce.Ingest.Events;

/// <summary>
/// Finds texts of JSON that are no text: bytes that are not UTF-8, and halves of surrogate pairs
/// such as <c>\ud800</c>. The parser lets both pass, and whoever decodes or writes them later
/// fails; so they are refused where they come in.
/// </summary>
internal static class JsonText
{
    /// <summary>The first name or text that cannot be decoded; null where there is none, or
    /// where it is no JSON, which the parser tells better.</summary>
    public static EventProblem? FindUndecodable(ReadOnlySpan<byte> json)
    {
        // Almost every event ends here, at the speed of memory: only escapes can hide a half pair.
        if (Utf8.IsValid(json) && json.IndexOf("\\u"u8) < 0) return null;
        try
        {
            return Walk(new Utf8JsonReader(json));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The text of a string token or a name; null where it cannot be decoded.</summary>
    public static string? TryDecode(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static EventProblem? Walk(Utf8JsonReader reader)
    {
        // The names and numbers on the way to the token; the last one is the token's own.
        var path = new Stack<Step>();
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                path.Pop();
                continue;
            }
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var owner = path.Pop();
                if (TryDecode(ref reader) is not { } name) return Undecodable(path, "a name");
                path.Push(owner with { Name = name });
                continue;
            }
            if (path.TryPeek(out var parent) && parent.Name is null)
                path.Push(path.Pop() with { Number = parent.Number + 1 });
            if (reader.TokenType == JsonTokenType.String && TryDecode(ref reader) is null)
                return Undecodable(path, "text");
            if (reader.TokenType == JsonTokenType.StartObject) path.Push(new Step("", 0));
            else if (reader.TokenType == JsonTokenType.StartArray) path.Push(new Step(null, -1));
        }
        return null;
    }

    private static EventProblem Undecodable(Stack<Step> path, string what) => new(
        string.Concat(path.Reverse().Where(step => step.Name is not "")
            .Select(step => $"/{step.Name ?? $"{step.Number}"}")),
        $"holds {what} that cannot be decoded; send UTF-8 without halves of surrogate pairs.");

    // Inside an object the name of the member, inside an array the number of the element.
    private readonly record struct Step(string? Name, int Number);
}
