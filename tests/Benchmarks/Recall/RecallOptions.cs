using System.Globalization;
using StreamCommerce.Models.Blending;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Benchmarks.Recall;

/// <summary>What the command line asks of the benchmark.</summary>
/// <param name="Splits">Names of splits; all where there are none.</param>
/// <param name="IsTuned">Whether the selection is made anew instead of taken from the file.</param>
/// <param name="Families">What may be selected from; null for what suits the split.</param>
/// <param name="Budget">Time for tuning one family.</param>
/// <param name="TrialLimit">Trials for one family.</param>
/// <param name="CaseLimit">Validation questions of a trial.</param>
/// <param name="DataFolder">Where the public splits lie; null to look beside the repository.
/// </param>
/// <param name="Own">Files of one's own; null for the public splits.</param>
internal sealed record RecallOptions(
    IReadOnlyList<string> Splits,
    bool IsTuned,
    IReadOnlyList<RankerFamily>? Families,
    TimeSpan Budget,
    int TrialLimit,
    int CaseLimit,
    string? DataFolder,
    RecallSplit? Own)
{
    public const string Usage =
        "bench recall [SPLIT …] [--tune] [--families NAME,…] [--minutes M] [--trials N] " +
        "[--cases N] [--data FOLDER]\n" +
        "bench recall --protocol top-n|next-item|leave-one-out --train FILE [--test FILE] …";

    /// <summary>The command that selects anew.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"bench recall {string.Join(' ', Splits)} --tune --minutes {Budget.TotalMinutes:G3} " +
        $"--trials {TrialLimit} --cases {CaseLimit}") + (Families is null
            ? "" : $" --families {string.Join(',', Families.Select(family => family.Name))}");

    /// <exception cref="ArgumentException">An argument that cannot be understood.</exception>
    public static RecallOptions Parse(string[] args)
    {
        var splits = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var isTuned = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--tune") isTuned = true;
            else if (!args[i].StartsWith("--", StringComparison.Ordinal)) splits.Add(args[i]);
            else if (i + 1 < args.Length) values[args[i][2..]] = args[++i];
            else throw new ArgumentException($"{args[i]} needs a value.\n{Usage}");
        }
        string? Take(string name) => values.Remove(name, out var value) ? value : null;
        double Number(string name, double usual) => Take(name) is { } text
            ? double.Parse(text, CultureInfo.InvariantCulture) : usual;
        var own = SplitOf(Take("protocol"), Take("train"), Take("test"));
        var families = FamiliesOf(Take("families"));
        var options = new RecallOptions(
            splits, isTuned || own is not null || families is not null, families,
            TimeSpan.FromMinutes(Number("minutes", 5)), (int)Number("trials", 40),
            (int)Number("cases", 5_000), Take("data"), own);
        if (values.Count > 0)
            throw new ArgumentException($"There is no --{values.Keys.First()}.\n{Usage}");
        if (splits.Find(name => RecallSplit.All.All(split => split.Name != name)) is { } unknown)
            throw new ArgumentException($"There is no split '{unknown}'; there are "
                + string.Join(", ", RecallSplit.All.Select(split => split.Name)) + ".");
        return options;
    }

    private static RankerFamily[]? FamiliesOf(string? names) => names is null ? null :
    [
        .. names.Split(',').Select(name =>
            RankerFamilies.All.FirstOrDefault(family => family.Name == name)
            ?? throw new ArgumentException($"There is no family '{name}'; there are "
                + string.Join(", ", RankerFamilies.All.Select(family => family.Name)) + ".")),
    ];

    private static RecallSplit? SplitOf(string? protocolName, string? train, string? test)
    {
        if (protocolName is null && train is null && test is null) return null;
        var protocol = EvaluationProtocol.Named(protocolName ?? "");
        if (protocol is null || train is null) throw new ArgumentException(Usage);
        return new("own", protocol, train, test,
            protocol is TopNProtocol ? ("recall", "ndcg")
                : protocol is NextItemProtocol ? ("hr", "mrr") : ("hr", "ndcg"), []);
    }
}
