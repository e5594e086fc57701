namespace StreamCommerce.Api.Problems;

/// <summary>
/// Finds nulls inside the collections of a body: the serializer keeps them out of fields only.
/// </summary>
internal static class Elements
{
    /// <summary>Names the first null of a list; null where it holds none.</summary>
    /// <param name="field">The list, as a JSON Pointer.</param>
    /// <param name="elements">The list, if any.</param>
    public static Problem? Check<T>(string field, IReadOnlyList<T?>? elements) where T : class
    {
        for (var i = 0; i < (elements?.Count ?? 0); i++)
        {
            if (elements![i] is null) return Problem.Invalid($"{field}/{i}", "must not be null.");
        }
        return null;
    }

    /// <summary>Names the first null of a map; null where it holds none.</summary>
    /// <param name="field">The map, as a JSON Pointer.</param>
    /// <param name="elements">The map, if any.</param>
    public static Problem? Check(string field, IReadOnlyDictionary<string, string?>? elements)
    {
        foreach (var (name, text) in elements ?? new Dictionary<string, string?>())
        {
            if (text is null) return Problem.Invalid($"{field}/{name}", "must not be null.");
        }
        return null;
    }
}
