namespace StreamCommerce.Engine.Pricing;

/// <summary>Areas of price books: <c>US</c>, or <c>US-CA</c> (ISO 3166-1 and -2).</summary>
internal static class Areas
{
    /// <summary>Whether a destination lies in an area.</summary>
    public static bool Matches(string area, Destination to) =>
        area.AsSpan(0, 2).SequenceEqual(to.Country)
        && (area.Length == 2 || area.AsSpan(3).SequenceEqual(to.Region));

    /// <summary>Whether it lies in one of them, or there are none.</summary>
    public static bool MatchAny(IReadOnlyList<string> areas, Destination to)
    {
        for (var i = 0; i < areas.Count; i++)
            if (Matches(areas[i], to)) return true;
        return areas.Count == 0;
    }

    public static bool IsCountry(string? text) => text is { Length: 2 }
        && char.IsAsciiLetterUpper(text[0]) && char.IsAsciiLetterUpper(text[1]);

    /// <summary>Whether it is a country, or one with a region of 1 to 3 letters or digits.
    /// </summary>
    public static bool IsArea(string? text)
    {
        if (text is null || text.Length == 2) return IsCountry(text);
        if (text.Length is < 4 or > 6 || text[2] != '-' || !IsCountry(text[..2])) return false;
        foreach (var c in text.AsSpan(3))
            if (!char.IsAsciiLetterUpper(c) && !char.IsAsciiDigit(c)) return false;
        return true;
    }
}
