using Microsoft.Extensions.Logging;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Experiments;

/// <summary>
/// The experiments that run now, from their file, and which arms a visitor is in. Whoever edits
/// the file or puts another book changes the next answer; a damaged file changes nothing and is
/// logged once. No file is no experiment; one that vanishes changes nothing until the next start.
/// </summary>
/// <remarks>Any thread reads, without waiting; a lock lets one at a time read or write the file.
/// </remarks>
public sealed partial class ExperimentBooks : IDisposable
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "experiments.json";

    /// <summary>Bytes of a book: its hundred experiments with all their arms.</summary>
    public const int BytesLimit = 1024 * 1024;

    /// <summary>How often the file is looked at: soon for a person, nothing for a disk.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly ExperimentFile _file;
    private readonly ILogger<ExperimentBooks> _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private volatile RunningExperiments _running = new(ExperimentBook.Empty);

    private ExperimentBooks(string path, TimeProvider time, ILogger<ExperimentBooks> logger)
    {
        (_path, _file, _logger) = (path, new(path), logger);
        if (Load() is { } fault)
            throw new InvalidDataException($"{path}: {fault.Path} {fault.Detail}");
        _timer = time.CreateTimer(_ => Refresh(), null, Interval, Interval);
    }

    /// <summary>All experiments, with the book's version.</summary>
    public ExperimentBook Current => _running.Book;

    /// <summary>Reads the file and watches it.</summary>
    /// <exception cref="InvalidDataException">It is no valid book; says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ExperimentBooks Open(
        string path, TimeProvider time, ILogger<ExperimentBooks> logger) => new(path, time, logger);

    /// <summary>The arms that a visitor is in, and what they change, of the experiments that can
    /// change a list: the same ones for as long as the book does not change them.</summary>
    public Assignment For(VisitorId visitor, Placement placement) =>
        _running.For(visitor, placement);

    /// <summary>Takes the file's book where it has changed and is valid.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            try
            {
                if (Load() is { } fault) LogDamaged(_path, fault.Path, fault.Detail);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogUnreadable(e, _path);
            }
        }
    }

    /// <summary>Replaces the book and its file, or says why not.</summary>
    /// <param name="book">Its version is not read.</param>
    /// <param name="ifMatch">The version that the caller has read; null: whatever is there.
    /// </param>
    /// <exception cref="StoreUnavailableException">The file cannot be written.</exception>
    public Answer<ExperimentBook> Put(ExperimentBook book, long? ifMatch)
    {
        if (ExperimentRules.Check(book) is { } fault)
            return new Refusal(RefusalCode.Invalid, $"{fault.Path} {fault.Detail}");
        // What somebody has just written into the file must not be lost either.
        Refresh();
        lock (_gate)
        {
            if (ifMatch is { } expected && expected != Current.Version)
            {
                return new Refusal(RefusalCode.VersionMismatch, "The experiments are at version " +
                    $"{Current.Version}, not {expected}; read them again.");
            }
            var next = ExperimentBookJson.WithVersion(book);
            var text = ExperimentBookJson.Write(next);
            if (text.Length > BytesLimit)
            {
                return new Refusal(RefusalCode.Invalid,
                    $"experiments have at most {BytesLimit} bytes, not {text.Length}.");
            }
            _file.Write(text);
            _running = new(next);
            return next;
        }
    }

    public void Dispose() => _timer.Dispose();

    private ExperimentFault? Load()
    {
        var (book, fault) = _file.ReadChanged();
        if (book is null) return fault;
        if (book.Version == Current.Version) return null;
        _running = new(book);
        LogLoaded(_path, book.Version, book.Experiments.Count);
        return null;
    }

    [LoggerMessage(LogLevel.Information, "{Path}: version {Version}, {Count} experiments.")]
    private partial void LogLoaded(string path, long version, int count);

    [LoggerMessage(LogLevel.Error,
        "{Path}: {Field} {Detail} The experiments before go on.")]
    private partial void LogDamaged(string path, string field, string detail);

    [LoggerMessage(LogLevel.Warning, "{Path} cannot be read; trying again.")]
    private partial void LogUnreadable(Exception fault, string path);
}
