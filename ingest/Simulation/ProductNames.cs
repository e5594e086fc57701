using System.Globalization;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// Names of the form adjective, material, noun, each once a category: a walk over all
/// combinations in steps that share no factor with their number. When they run out, the walk
/// starts again with "No. 2". Some nouns are shared by two categories: there, the second product
/// of a name says its category.
/// </summary>
internal sealed class ProductNames
{
    private readonly long[] _steps;
    private readonly long[] _at;
    private readonly int[] _given;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public ProductNames(SeededRandom random)
    {
        var categories = CatalogueWords.Categories;
        _given = new int[categories.Length];
        _at = [.. categories.Select(words => (long)random.Below(CountOf(words)))];
        _steps = [.. categories.Select(words => StepOf(CountOf(words), random))];
    }

    public (string Name, string Material, string Noun) Next(int category)
    {
        var words = CatalogueWords.Categories[category];
        var count = CountOf(words);
        var place = (int)(_at[category] = (_at[category] + _steps[category]) % count);
        var round = (_given[category]++ / count) + 1;

        var noun = words.Nouns[place % words.Nouns.Length];
        place /= words.Nouns.Length;
        var material = words.Materials[place % words.Materials.Length];
        var adjective = CatalogueWords.Adjectives[place / words.Materials.Length];

        var name = $"{adjective} {material} {noun}";
        if (round > 1) name = string.Create(CultureInfo.InvariantCulture, $"{name} No. {round}");
        if (!_seen.Add(name)) _seen.Add(name += $" ({words.Path})");
        return (name, material, noun);
    }

    private static int CountOf(CategoryWords words) =>
        CatalogueWords.Adjectives.Length * words.Materials.Length * words.Nouns.Length;

    private static long StepOf(int count, SeededRandom random)
    {
        var step = (count / 3) + random.Below(count / 3);
        while (GreatestDivisor(step, count) != 1) step++;
        return step;
    }

    private static int GreatestDivisor(int a, int b) => b == 0 ? a : GreatestDivisor(b, a % b);
}
