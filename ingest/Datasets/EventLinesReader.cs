using System.Diagnostics.CodeAnalysis;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>
/// This system's own events as NDJSON, a CloudEvent a line, in the order of the file: what the
/// simulator writes. Empty lines are no rows. It keeps one line in memory, of at most
/// <see cref="EventRules.EventBytesLimit"/> bytes; a longer one is a bad row.
/// </summary>
internal static class EventLinesReader
{
    // A file has no clock of its own: no time in it is in the future.
    private static readonly DateTimeOffset EndOfTime =
        DateTimeOffset.MaxValue - EventRules.FutureLimit;

    public static IEnumerable<DatasetRow> Read(Stream text)
    {
        using var lines = new LineReader(text);
        var isFirst = true;
        while (lines.Read())
        {
            if (isFirst && !lines.StartsObject)
            {
                throw new InvalidDataException(
                    $"Line {lines.Number} is no JSON object; expected is a CloudEvent a line.");
            }
            isFirst = false;
            yield return lines.TryParse(out var e, out var problem)
                ? DatasetRow.Good(lines.Number, e)
                : DatasetRow.Bad(lines.Number, problem);
        }
    }

    private sealed class LineReader(Stream text) : IDisposable
    {
        // A whole line always fits, with its end.
        private readonly byte[] _buffer = new byte[4 * EventRules.EventBytesLimit];
        private int _start;
        private int _end;
        private bool _atEnd;
        private int _lineStart;
        private int _lineLength;
        private bool _isTooLong;

        public long Number { get; private set; }

        public bool StartsObject => _isTooLong || Line.StartsWith("{"u8);

        private ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineStart, _lineLength);

        /// <summary>Goes to the next line that is not empty.</summary>
        public bool Read()
        {
            while (TakeLine())
            {
                Number++;
                // A byte order mark may stand before the first.
                if (Number == 1 && Line.StartsWith("\uFEFF"u8)) Skip(3);
                var blank = Line.IndexOfAnyExcept(" \t\r"u8);
                if (blank >= 0) Skip(blank);
                if (_isTooLong || blank >= 0) return true;
            }
            return false;
        }

        public bool TryParse(
            [NotNullWhen(true)] out CommerceEvent? e, [NotNullWhen(false)] out string? text)
        {
            e = null;
            text = $"It has over {EventRules.EventBytesLimit} bytes.";
            if (_isTooLong) return false;
            e = CloudEventJson.Read(Line.TrimEnd(" \t\r"u8), EndOfTime, null, out var problem);
            text = problem is null ? null
                : $"{(problem.Field.Length > 0 ? problem.Field : "The line")} {problem.Detail}";
            return e is not null;
        }

        public void Dispose() => text.Dispose();

        private void Skip(int count) => (_lineStart, _lineLength) =
            (_lineStart + count, _lineLength - count);

        /// <summary>Finds the next line; what is over the limit is read but not kept.</summary>
        private bool TakeLine()
        {
            _isTooLong = false;
            var searched = 0;
            while (true)
            {
                var length = _buffer.AsSpan((_start + searched).._end).IndexOf((byte)'\n');
                if (length >= 0)
                {
                    SetLine(searched + length);
                    _start += searched + length + 1;
                    return true;
                }
                searched = _end - _start;
                if (searched > EventRules.EventBytesLimit)
                {
                    _isTooLong = true;
                    _start = _end;
                    searched = 0;
                }
                if (!_atEnd)
                {
                    Fill();
                    continue;
                }
                SetLine(searched);
                _start = _end;
                return searched > 0 || _isTooLong;
            }
        }

        private void SetLine(int length)
        {
            _isTooLong |= length > EventRules.EventBytesLimit;
            (_lineStart, _lineLength) = (_start, _isTooLong ? 0 : length);
        }

        private void Fill()
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start.._end).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            var read = text.Read(_buffer.AsSpan(_end));
            _end += read;
            _atEnd = read == 0;
        }
    }
}
