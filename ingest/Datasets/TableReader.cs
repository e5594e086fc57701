using System.Buffers.Text;
using System.Globalization;
using CsvHelper;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>
/// The rows of a delimited text file by the columns that a format needs, each field read as what it
/// should be. The first field of a row that is not as it should be sets <see cref="Problem"/>.
/// One thread at a time. Every line is a row: none of the datasets has line breaks inside quotes,
/// and so an unbalanced quote costs one row and not the rest of the file.
/// </summary>
internal sealed class TableReader : IDisposable
{
    /// <summary>Characters of an id, which leaves room for what a reader adds to it.</summary>
    private const int TextLengthLimit = EventRules.IdLengthLimit - 28;

    // decimal holds 28 digits; a longer number would be rounded in silence.
    private const int NumberLengthLimit = 28;
    private const int LineBytesLimit = 64 * 1024;
    private const int QuotedLength = 40;

    private readonly CsvReader _csv;
    private readonly string[] _columns;
    private readonly int[] _places;
    private readonly int _fieldCount;
    private readonly TextPool _texts = new();
    private long _malformedLine;
    private string? _lastTimeText;
    private DateTimeOffset _lastTime;

    /// <summary>Reads the header; takes over the stream.</summary>
    /// <exception cref="InvalidDataException">A column is missing from the first line.</exception>
    public TableReader(Stream text, char separator, bool quotes, params string[] columns)
    {
        _columns = columns;
        _csv = CsvReader.Create(text, new CsvReaderOptions
        {
            Separator = separator,
            Mode = quotes ? CsvMode.Rfc4180 : CsvMode.NoEscape,
            AllowLineBreaksInQuotes = false,
            TrackLineNumbers = true,
            MaxRecordSize = LineBytesLimit,
            OnMalformedRecord = record => _malformedLine = record.LineNumber,
        });
        try
        {
            _csv.ReadHeader();
            _fieldCount = _csv.Headers.Count;
            _places = [.. columns.Select(PlaceOf)];
        }
        catch (Exception e)
        {
            _csv.Dispose();
            if (e is CsvFormatException)
                throw new InvalidDataException($"The first line: {e.Message}", e);
            throw;
        }
    }

    /// <summary>The row's line in the file, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>What is wrong with the row, a sentence, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>
    /// Goes to the next row, skipping empty lines; false at the end. Where it is not even a row
    /// of the table, <see cref="Problem"/> is set at once.
    /// </summary>
    /// <exception cref="InvalidDataException">A line is too long, or the file is cut.</exception>
    public bool Read()
    {
        try
        {
            if (!_csv.Read()) return false;
        }
        catch (CsvFormatException e)
        {
            throw new InvalidDataException($"After line {Line}: {e.Message}", e);
        }
        Line = _csv.LineNumber;
        Problem = _malformedLine == Line ? "A quote is not closed, or stands inside a field."
            : _csv.FieldCount != _fieldCount
                ? $"It has {_csv.FieldCount} fields; the header has {_fieldCount}."
                : null;
        return true;
    }

    /// <summary>The field's bytes, unquoted; valid until the next row.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => _csv.GetSpan(_places[column]);

    public bool IsEmpty(int column) => Bytes(column).IsEmpty;

    /// <summary>The field as text, whatever it is.</summary>
    public string Text(int column) => _texts.Get(Bytes(column));

    /// <summary>A text that can be an id: 1 to 100 printable characters.</summary>
    public bool TryText(int column, out string text)
    {
        text = Text(column);
        if (text.Length == 0) return Refuse($"{_columns[column]} is empty.");
        if (text.Length > TextLengthLimit)
        {
            return Refuse($"{_columns[column]} has {text.Length} characters; at most " +
                $"{TextLengthLimit} are allowed.");
        }
        foreach (var c in text)
        {
            if (char.IsControl(c)) return RefuseValue(column, "holds a control character");
        }
        return true;
    }

    /// <summary>As <see cref="TryText"/>, but null where the field is empty.</summary>
    public bool TryOptionalText(int column, out string? text)
    {
        text = null;
        if (IsEmpty(column)) return true;
        var isText = TryText(column, out var found);
        text = found;
        return isText;
    }

    public bool TryWhole(int column, out long number)
    {
        var bytes = Bytes(column);
        return (Utf8Parser.TryParse(bytes, out number, out var used) && used == bytes.Length)
            || RefuseValue(column, "is no whole number");
    }

    /// <summary>A number of at most 28 characters, exact.</summary>
    public bool TryDecimal(int column, out decimal number)
    {
        var bytes = Bytes(column);
        number = 0;
        if (bytes.Length > NumberLengthLimit) return RefuseValue(column, "has too many digits");
        return (Utf8Parser.TryParse(bytes, out number, out var used) && used == bytes.Length)
            || RefuseValue(column, "is no number");
    }

    /// <summary>A price of <see cref="EventRules"/>: 0 or more.</summary>
    public bool TryPrice(int column, out decimal price) => TryDecimal(column, out price)
        && (price is >= 0 and <= EventRules.PriceLimit
            || RefuseValue(column, $"is not within 0 to {EventRules.PriceLimit}"));

    /// <summary>A date and time in one of the formats, taken as UTC.</summary>
    public bool TryTime(int column, string[] formats, out DateTimeOffset time)
    {
        var text = Text(column);
        // The lines of an order have one time, and parsing it is the dearest part of a row.
        if (text != _lastTimeText)
        {
            if (!DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time))
            {
                return RefuseValue(column, $"is no time such as {formats[0]}");
            }
            _lastTimeText = text;
            _lastTime = time;
        }
        time = _lastTime;
        return true;
    }

    /// <summary>A number of units of time since 1970, exact; UTC.</summary>
    public bool TryUnixTime(int column, long ticksPerUnit, out DateTimeOffset time)
    {
        time = default;
        if (!TryDecimal(column, out var units)) return false;
        var limit = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / ticksPerUnit;
        if (units < 0 || units > limit) return RefuseValue(column, "is no time since 1970");
        var ticks = units * ticksPerUnit;
        if (ticks != decimal.Truncate(ticks))
            return RefuseValue(column, "is finer than 100 nanoseconds");
        time = DateTimeOffset.UnixEpoch.AddTicks((long)ticks);
        return true;
    }

    /// <summary>Marks the row as bad, for a rule of the format; always false.</summary>
    public bool Refuse(string problem)
    {
        Problem = problem;
        return false;
    }

    /// <summary>Marks the row as bad by one field's value; always false.</summary>
    public bool RefuseValue(int column, string problem)
    {
        var text = Text(column);
        var start = string.Concat(text.Take(QuotedLength).Select(c => char.IsControl(c) ? '?' : c));
        return Refuse($"{_columns[column]} '{start}' {problem}.");
    }

    public void Dispose() => _csv.Dispose();

    private int PlaceOf(string column) => _csv.TryGetFieldIndex(column, out var place)
        ? place
        : throw new InvalidDataException(
            $"The first line has no column {column}; expected are {string.Join(", ", _columns)}.");
}
