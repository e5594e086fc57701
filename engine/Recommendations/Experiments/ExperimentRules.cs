namespace StreamCommerce.Engine.Recommendations.Experiments;

/// <summary>What is wrong with a book of experiments.</summary>
/// <param name="Path">The field, as a JSON Pointer into the book; empty for all of it.</param>
/// <param name="Detail">What is wrong and what would be right.</param>
public sealed record ExperimentFault(string Path, string Detail);

/// <summary>The rules that a book of experiments must keep, with every limit and its reason.
/// Pure.</summary>
public static class ExperimentRules
{
    /// <summary>Experiments that run at a time: an answer's id carries an arm of each.</summary>
    public const int RunningLimit = 8;

    /// <summary>Experiments of a book, those that have ended too.</summary>
    public const int CountLimit = 100;

    /// <summary>Arms of an experiment: more would each get too few visitors to tell anything.
    /// </summary>
    public const int ArmLimit = 20;

    /// <summary>Characters of a name: it must fit a table.</summary>
    public const int NameLengthLimit = 64;

    /// <summary>Characters of a description.</summary>
    public const int DescriptionLengthLimit = 1_000;

    /// <summary>A source's weight at most: beyond it only that source is left.</summary>
    public const double WeightLimit = 1_000;

    // Thirds of a hundred do not add up exactly.
    internal const double ShareTolerance = 1e-6;

    /// <summary>The first rule that the book breaks, or null where it keeps all.</summary>
    public static ExperimentFault? Check(ExperimentBook book)
    {
        if (book.Experiments.Count > CountLimit)
            return new("/experiments", $"holds more than {CountLimit} experiments.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tags = new HashSet<uint>();
        for (var i = 0; i < book.Experiments.Count; i++)
        {
            var path = $"/experiments/{i}";
            if (CheckExperiment(path, book.Experiments[i]) is { } fault) return fault;
            if (!names.Add(book.Experiments[i].Name))
                return new($"{path}/name", $"'{book.Experiments[i].Name}' is there twice.");
            foreach (var arm in book.Experiments[i].Arms)
            {
                // One in some ten million books: another name is the way out.
                if (!tags.Add(new ArmName(book.Experiments[i].Name, arm.Name).Tag))
                    return new($"{path}/arms", $"'{arm.Name}' needs another name: its hash is " +
                        "another arm's.");
            }
        }
        var running = book.Experiments.Count(IsRunning);
        return running > RunningLimit
            ? new("/experiments", $"holds {running} running experiments; at most {RunningLimit} " +
                "run at a time. Give the arms of one that has ended a share of 0.")
            : CheckSeparate(book);
    }

    /// <summary>Whether any visitor is in it.</summary>
    internal static bool IsRunning(Experiment experiment) =>
        experiment.Arms.Any(arm => arm.Share > 0);

    private static ExperimentFault? CheckExperiment(string path, Experiment experiment)
    {
        if (CheckName($"{path}/name", experiment.Name) is { } unnamed) return unnamed;
        if (experiment.Description is { Length: > DescriptionLengthLimit })
        {
            return new($"{path}/description",
                $"has more than {DescriptionLengthLimit} characters.");
        }
        if (experiment.Arms.Count is 0 or > ArmLimit)
            return new($"{path}/arms", $"must hold 1 to {ArmLimit} arms.");
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < experiment.Arms.Count; i++)
        {
            if (CheckArm($"{path}/arms/{i}", experiment.Arms[i]) is { } fault) return fault;
            if (!names.Add(experiment.Arms[i].Name))
                return new($"{path}/arms/{i}/name", $"'{experiment.Arms[i].Name}' is there twice.");
        }
        var sum = experiment.Arms.Sum(arm => arm.Share);
        return sum > 100 + ShareTolerance
            ? new($"{path}/arms", $"have shares of {sum:0.######} % together; at most 100 %.")
            : null;
    }

    private static ExperimentFault? CheckArm(string path, ExperimentArm arm) =>
        CheckName($"{path}/name", arm.Name)
        ?? CheckRange($"{path}/share", arm.Share, 100)
        ?? CheckRange($"{path}/overrides/diversity", arm.Overrides.Diversity ?? 0, 1)
        ?? CheckRange($"{path}/overrides/exploration", arm.Overrides.Exploration ?? 0, 1)
        ?? (arm.Overrides.SourceWeights ?? new Dictionary<RecommendationSource, double>())
            .Select(weight => CheckWeight($"{path}/overrides", weight.Key, weight.Value))
            .FirstOrDefault(fault => fault is not null);

    private static ExperimentFault? CheckWeight(
        string path, RecommendationSource source, double weight)
    {
        path = $"{path}/sourceWeights/{RecommendationSourceNames.Of(source)}";
        return source.HasProposer() ? CheckRange(path, weight, WeightLimit)
            : new(path, "is no source that proposes products; there are " + string.Join(", ",
                Enum.GetValues<RecommendationSource>()
                    .Where(RecommendationSources.HasProposer)
                    .Select(RecommendationSourceNames.Of)) + ".");
    }

    /// <summary>Two experiments that change the same could not be told apart.</summary>
    private static ExperimentFault? CheckSeparate(ExperimentBook book)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < book.Experiments.Count; i++)
        {
            var experiment = book.Experiments[i];
            if (!IsRunning(experiment)) continue;
            foreach (var field in experiment.Arms.SelectMany(arm => arm.Overrides.Changed))
            {
                if (owners.TryAdd(field, experiment.Name) || owners[field] == experiment.Name)
                    continue;
                return new($"/experiments/{i}/arms", $"change {field}, as '{owners[field]}' " +
                    "does; put both into one experiment, whose arms are the combinations.");
            }
        }
        return null;
    }

    private static ExperimentFault? CheckName(string path, string name) =>
        name.Length is > 0 and <= NameLengthLimit && !name.Any(char.IsControl)
            ? null
            : new(path, $"must have 1 to {NameLengthLimit} printable characters.");

    private static ExperimentFault? CheckRange(string path, double value, double limit) =>
        value >= 0 && value <= limit ? null : new(path, $"must be 0 to {limit:0}.");
}
