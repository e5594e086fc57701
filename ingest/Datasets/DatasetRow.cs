using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>What a reader found next: an event, or a row that is none and why.</summary>
/// <param name="Position">
/// Its number in the sequence, from 1. The sequence of a file is always the same, so a replay that
/// remembers the last position it handled goes on behind it.
/// </param>
/// <param name="Line">The line of the file that it begins on; the header is line 1.</param>
/// <param name="Event">The event; null for a bad row.</param>
/// <param name="Problem">What is wrong with a bad row, a sentence; null for an event.</param>
public readonly record struct DatasetRow(
    long Position, long Line, CommerceEvent? Event, string? Problem)
{
    internal static DatasetRow Good(long line, CommerceEvent e) => new(0, line, e, null);

    internal static DatasetRow Bad(long line, string problem) => new(0, line, null, problem);
}
