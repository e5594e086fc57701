using System.CommandLine;
using Spectre.Console;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Pipeline.Forgetting;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Log;
using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>
/// What to train from and to measure by: the service's log, a file of events or of a public
/// dataset, or a split that others have made.
/// </summary>
internal sealed class SourceOptions
{
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

    private readonly Option<string> _protocol = new("--protocol")
    {
        Description = "What a split asks: top-n, next-item or leave-one-out.",
        DefaultValueFactory = _ => TopNProtocol.ProtocolName,
    };

    private readonly Option<double> _holdOut = new("--hold-out")
    {
        Description = "Share of the interactions, the last ones, that are asked for and not " +
            "learnt from.",
        HelpName = "SHARE",
        DefaultValueFactory = _ => 0.1,
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
            { _events, _format, _split, _test, _protocol, _holdOut })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What will be asked.</summary>
    public EvaluationProtocol Protocol(ParseResult parsed) =>
        EvaluationProtocol.Named(parsed.GetRequiredValue(_protocol))!;

    /// <summary>Reads the data and cuts it.</summary>
    public async Task<TrainingSet> ReadAsync(
        ParseResult parsed, ServiceSettings settings, IAnsiConsole console, TimeProvider time,
        CancellationToken ct)
    {
        if (parsed.GetValue(_split) is { } train) return ReadSplit(parsed, train);
        var data = await ReadEventsAsync(parsed, settings, console, time, ct);
        var share = parsed.GetValue(_holdOut);
        return TrainingSet.Of(HoldOut.OfLast(data, share), share);
    }

    /// <summary>Reads the data and cuts it where both models know nothing of what follows.
    /// </summary>
    public async Task<TrainingSet> ReadBehindAsync(
        ParseResult parsed, ModelManifest candidate, ModelManifest current,
        ServiceSettings settings, IAnsiConsole console, TimeProvider time, CancellationToken ct)
    {
        if (parsed.GetValue(_split) is { } train) return ReadSplit(parsed, train);
        var at = PromotionGate.FirstUnseen(candidate, current)
            ?? throw new CommandFailedException("One of the models does not say until when its " +
                "data went, so no hold-out is fair to both. Give one by --split and --test, or " +
                "use --force.");
        var data = await ReadEventsAsync(parsed, settings, console, time, ct);
        return TrainingSet.Of(HoldOut.From(data, at), parsed.GetValue(_holdOut));
    }

    private TrainingSet ReadSplit(ParseResult parsed, string train)
    {
        try
        {
            var (split, items) = SplitFiles.Read(Protocol(parsed), train, parsed.GetValue(_test));
            return TrainingSet.Of(split, items);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new CommandFailedException($"{train}: {e.Message}", e);
        }
    }

    private async Task<TrainingData> ReadEventsAsync(
        ParseResult parsed, ServiceSettings settings, IAnsiConsole console, TimeProvider time,
        CancellationToken ct)
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
        return collector.Build();
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
