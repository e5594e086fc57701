using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// What to train from and to measure by: the service's log, a file of events or of a public
/// dataset, or a split that others have made.
/// </summary>
internal sealed class SourceOptions
{
    private const string Forced = "--force promotes what cannot be compared.";

    private readonly Option<string?> _events = new("--events")
    {
        Description = "A file of events or of a dataset, plain or gzip; the service's log unless " +
            "given, also while the service runs.",
        HelpName = "FILE",
    };

    private readonly Option<string> _format = new("--format")
    {
        Description = string.Join("; ", DatasetFormat.All.Select(f => $"{f.Name}: {f.Summary}")),
        DefaultValueFactory = _ => "events",
    };

    private readonly Option<string?> _split = new("--split")
    {
        Description = "The training part of a public split, instead of events.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _test = new("--test")
    {
        Description = "The split's other part; cut from the training part unless given.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _protocol = new("--protocol")
    {
        Description = "What is asked: top-n (all that a visitor does later), next-item (every " +
            "next click of a session) or, of a split, leave-one-out. Unless given, next-item for " +
            "events where all trainers learn what follows what, otherwise top-n.",
        HelpName = "NAME",
    };

    private readonly Option<double> _holdOut = new("--hold-out")
    {
        Description = "Share of the interactions, the last ones, that are asked for and not " +
            "learnt from.",
        HelpName = "SHARE",
        DefaultValueFactory = _ => 0.1,
    };

    private readonly Option<int> _questions = new("--questions")
    {
        Description = "Questions at most, evenly spread over all there are; every model is asked " +
            "the same.",
        HelpName = "COUNT",
        DefaultValueFactory = _ => TrainingSet.UsualQuestionLimit,
    };

    public SourceOptions()
    {
        _format.AcceptOnlyFromAmong([.. DatasetFormat.All.Select(format => format.Name)]);
        _protocol.AcceptOnlyFromAmong(TopNProtocol.ProtocolName, NextItemProtocol.ProtocolName,
            LeaveOneOutProtocol.ProtocolName);
        _holdOut.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and < 1))
                result.AddError("--hold-out must be above 0 and below 1.");
        });
        _protocol.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() == LeaveOneOutProtocol.ProtocolName
                && result.GetResult(_split) is null)
            {
                result.AddError("--protocol leave-one-out needs --split: events are asked by " +
                    "their times.");
            }
        });
        _questions.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--questions must be at least 1.");
        });
        _split.Validators.Add(result =>
        {
            if (result.GetResult(_events) is not null)
                result.AddError("--split and --events are two sources; name one.");
        });
        _test.Validators.Add(result =>
        {
            if (result.GetResult(_split) is null) result.AddError("--test needs --split.");
        });
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
            { _events, _format, _split, _test, _protocol, _holdOut, _questions })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Whether a split is given that others have made.</summary>
    public bool IsSplit(ParseResult parsed) => parsed.GetValue(_split) is not null;

    /// <summary>What will be asked of trainers: what the command line says, or what suits them.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="trainers">Those that it names.</param>
    public EvaluationProtocol Protocol(
        ParseResult parsed, IReadOnlyCollection<RankerFamily> trainers) =>
        Given(parsed) ?? (IsSplit(parsed)
            ? new TopNProtocol() : TrainerFamilies.UsualProtocol(trainers));

    /// <summary>What will be asked of published models: what the command line says, or what all of
    /// them were measured by, where the data can be asked that.</summary>
    public EvaluationProtocol Protocol(ParseResult parsed, IEnumerable<ModelManifest> models)
    {
        if (Given(parsed) is { } given) return given;
        return models.Select(model => model.Protocol).Distinct().ToList() is [{ } measured]
            && (IsSplit(parsed) || measured != LeaveOneOutProtocol.ProtocolName)
            ? EvaluationProtocol.Named(measured) ?? new TopNProtocol() : new TopNProtocol();
    }

    /// <summary>Reads the data and cuts it.</summary>
    /// <exception cref="InvalidDataException">Nothing is left to learn from, or nothing can be
    /// asked.</exception>
    public async Task<TrainingSet> ReadAsync(
        ParseResult parsed, EvaluationProtocol protocol, ServiceSettings settings,
        IAnsiConsole console, TimeProvider time, CancellationToken ct)
    {
        if (parsed.GetValue(_split) is { } train)
            return Told(ReadSplit(parsed, protocol, train), console);
        var data = await ReadEventsAsync(parsed, protocol, settings, console, time, ct);
        var share = parsed.GetValue(_holdOut);
        return Told(SetOf(parsed, HoldOut.OfLast(data, share, protocol)), console);
    }

    /// <summary>Reads questions that neither of two models can have learnt the answers to: of
    /// events those after the data of both, of a split only where both learnt from its training
    /// part.</summary>
    /// <exception cref="CommandFailedException">There are none.</exception>
    public async Task<TrainingSet> ReadUnseenAsync(
        ParseResult parsed, ModelManifest candidate, ModelManifest current,
        ServiceSettings settings, IAnsiConsole console, TimeProvider time, CancellationToken ct)
    {
        var protocol = Protocol(parsed, [candidate]);
        if (parsed.GetValue(_split) is { } train)
        {
            var split = ReadSplit(parsed, protocol, train);
            return PromotionGate.Unfair(candidate, current, split.Train.Hash()) is { } reason
                ? throw new CommandFailedException($"{reason} {Forced}") : Told(split, console);
        }
        var at = PromotionGate.FirstUnseen(candidate, current)
            ?? throw new CommandFailedException("One of the models does not say until when its " +
                $"data went, so no hold-out is fair to both. {Forced}");
        var data = await ReadEventsAsync(parsed, protocol, settings, console, time, ct);
        try
        {
            return Told(SetOf(parsed, HoldOut.From(data, at, protocol)), console);
        }
        catch (InvalidDataException e)
        {
            throw new CommandFailedException($"{e.Message} Wait for newer events. {Forced}", e);
        }
    }

    private EvaluationProtocol? Given(ParseResult parsed) =>
        parsed.GetValue(_protocol) is { } name ? EvaluationProtocol.Named(name) : null;

    private TrainingSet SetOf(ParseResult parsed, HoldOut holdOut) =>
        TrainingSet.Of(holdOut, parsed.GetValue(_holdOut), parsed.GetValue(_questions));

    private static TrainingSet Told(TrainingSet set, IAnsiConsole console)
    {
        if (set.QuestionCount > set.QuestionLimit)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Of {set.QuestionCount:N0} questions {set.QuestionLimit:N0} are asked, evenly " +
                $"spread."));
        }
        return set;
    }

    private TrainingSet ReadSplit(ParseResult parsed, EvaluationProtocol protocol, string train)
    {
        try
        {
            var (split, items) = SplitFiles.Read(protocol, train, parsed.GetValue(_test));
            return TrainingSet.Of(split, items, parsed.GetValue(_questions));
        }
        catch (Exception e) when (
            e is FormatException or ArgumentException or InvalidDataException)
        {
            throw new CommandFailedException($"{train}: {e.Message}", e);
        }
    }

    private async Task<TrainingData> ReadEventsAsync(
        ParseResult parsed, EvaluationProtocol protocol, ServiceSettings settings,
        IAnsiConsole console, TimeProvider time, CancellationToken ct)
    {
        var collector = new InteractionCollector();
        if (parsed.GetValue(_events) is { } file)
        {
            var name = parsed.GetRequiredValue(_format);
            var format = DatasetFormat.All.Single(one => one.Name == name);
            var meter = new ProgressMeter(time);
            await ProgressDisplay.RunAsync(console, time, $"Reading {Path.GetFileName(file)}",
                meter, () => Task.Run(() => Collect(file, format, collector, meter, ct), ct));
        }
        else
        {
            await ReadLogAsync(settings, collector, console, time, ct);
        }
        if (collector.Count == 0)
        {
            throw new CommandFailedException(
                "There are no views, carts or purchases to learn from.");
        }
        return protocol is NextItemProtocol ? collector.BuildSessions() : collector.Build();
    }

    private static void Collect(
        string file, DatasetFormat format, InteractionCollector collector, ProgressMeter meter,
        CancellationToken ct)
    {
        foreach (var row in format.Read(File.OpenRead(file)))
        {
            ct.ThrowIfCancellationRequested();
            if (row.Event is { } e) collector.Add(e);
            else if (format.Name == "events")
                throw new CommandFailedException($"{file}, line {row.Line}: {row.Problem}");
            meter.Add(1);
        }
    }

    private static Task ReadLogAsync(
        ServiceSettings settings, InteractionCollector collector, IAnsiConsole console,
        TimeProvider time, CancellationToken ct)
    {
        var configuration = ServiceHost.NewBuilder(settings).Configuration;
        var directory = settings.ReadLog(configuration).Directory;
        var snapshot = LogSnapshot.Of(directory);
        // After the log, so that whoever is forgotten by now is not learnt from.
        var forgotten = ForgetMarks.Read(settings.ReadEngine(configuration).ForgottenFile!);
        var meter = new ProgressMeter(time, "bytes") { Total = snapshot.Bytes };
        return ProgressDisplay.RunAsync(console, time, $"Reading {directory}", meter,
            () => Task.Run(() =>
            {
                foreach (var (partition, offset, e) in snapshot.Read(meter, ct))
                    if (!forgotten.Covers(partition, e.Visitor, offset)) collector.Add(e);
            }, ct));
    }
}
