using Microsoft.Extensions.Logging;
using StreamCommerce.Engine.Storage.Files;

namespace StreamCommerce.Engine.Pricing;

/// <summary>
/// The price book that is valid now, from its file. Whoever edits the file or replaces the book
/// changes the prices of the next quote; a damaged file changes nothing and is logged once. No
/// file is the empty book; one that vanishes changes nothing until the next start.
/// </summary>
/// <remarks>Any thread reads; a lock lets one at a time read or write the file.</remarks>
public sealed partial class PriceBooks : IDisposable
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "pricing.json";

    /// <summary>Bytes of a book: its thousand promotions, each with many products.</summary>
    public const int BytesLimit = 4 * 1024 * 1024;

    /// <summary>How often the file is looked at: soon for a person, nothing for a disk.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly DocumentFile _file;
    private readonly ILogger<PriceBooks> _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private volatile PriceBook _current = PriceBook.Empty;

    private PriceBooks(string path, TimeProvider time, ILogger<PriceBooks> logger)
    {
        (_path, _logger) = (path, logger);
        _file = new(path, BytesLimit);
        if (Load() is { } fault)
            throw new InvalidDataException($"{path}: {fault.Path} {fault.Detail}");
        _timer = time.CreateTimer(_ => Refresh(), null, Interval, Interval);
    }

    /// <summary>The book to price with.</summary>
    public PriceBook Current => _current;

    /// <summary>Reads the file and watches it.</summary>
    /// <exception cref="InvalidDataException">It is no valid book; says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PriceBooks Open(string path, TimeProvider time, ILogger<PriceBooks> logger) =>
        new(path, time, logger);

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
    /// <param name="book">A valid book; see <see cref="PriceBookRules.Check"/>.</param>
    /// <param name="ifMatch">The version that the caller has read; null: whatever is there.
    /// </param>
    /// <exception cref="StoreUnavailableException">The file cannot be written.</exception>
    public Answer<PriceBook> Put(PriceBook book, long? ifMatch)
    {
        if (PriceBookRules.Check(book) is { } fault)
            return new Refusal(RefusalCode.Invalid, $"{fault.Path}: {fault.Detail}");
        // What somebody has just written into the file must not be lost either.
        Refresh();
        lock (_gate)
        {
            if (ifMatch is { } expected && expected != _current.Version)
            {
                return new Refusal(RefusalCode.VersionMismatch,
                    $"The price book is at version {_current.Version}, not {expected}; " +
                    "read it again.");
            }
            var next = PriceBookJson.WithVersion(book);
            var text = PriceBookJson.Write(next);
            if (text.Length > BytesLimit)
            {
                return new Refusal(RefusalCode.Invalid,
                    $"a price book has at most {BytesLimit} bytes, not {text.Length}.");
            }
            _file.Replace(text);
            _current = next;
            return next;
        }
    }

    public void Dispose() => _timer.Dispose();

    private DocumentFault? Load()
    {
        var bytes = _file.ReadChanged(out var unread);
        if (bytes is null || unread is not null) return unread;
        var (book, fault) = PriceBookJson.Parse(bytes);
        if (book is null) return fault;
        if (book.Version == _current.Version) return null;
        _current = book;
        LogLoaded(_path, book.Version, book.Promotions.Count, book.Taxes.Count,
            book.Shipping.Count);
        return null;
    }

    [LoggerMessage(LogLevel.Information, "{Path}: price book {Version} with {Promotions} " +
        "promotions, {Taxes} taxed areas, {Methods} shipping methods.")]
    private partial void LogLoaded(
        string path, long version, int promotions, int taxes, int methods);

    [LoggerMessage(LogLevel.Error,
        "{Path}: {Field} {Detail} The price book before stays valid.")]
    private partial void LogDamaged(string path, string field, string detail);

    [LoggerMessage(LogLevel.Warning, "{Path} cannot be read; trying again.")]
    private partial void LogUnreadable(Exception fault, string path);
}
