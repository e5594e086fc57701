using System.Text.Json;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>Reads the answers' ids of an event: an item's own, else the event's. Most events have
/// one, so the last one is read once.</summary>
internal ref struct LabelReader(CommerceEvent e)
{
    private readonly string? _ofEvent =
        e.Parameters is { } parameters
            && parameters.TryGetValue(RecommendationMetricsProjection.ListId, out var id)
            ? id : null;

    private string? _last;
    private AnswerLabel? _lastLabel;

    /// <summary>Whether any line does: see <see cref="IsLabelled"/>.</summary>
    public readonly bool IsAnyLabelled
    {
        get
        {
            foreach (var line in e.Lines)
                if (IsLabelled(line)) return true;
            return false;
        }
    }

    /// <summary>Whether the line comes with what looks like an answer's id, sound or not.
    /// </summary>
    public readonly bool IsLabelled(in EventLine line) => AnswerLabel.IsAnswer(IdOf(line));

    /// <summary>What the line's id says; null where it is not sound.</summary>
    public AnswerLabel? LabelOf(in EventLine line)
    {
        var id = IdOf(line)!;
        if (!ReferenceEquals(_last, id) && _last != id)
            (_last, _lastLabel) = (id, AnswerLabel.Read(id, e.Visitor));
        return _lastLabel;
    }

    private readonly string? IdOf(in EventLine line) =>
        line.Unknown is { } unknown
            && unknown.TryGetValue(RecommendationMetricsProjection.ListId, out var own)
            && own.ValueKind == JsonValueKind.String
            ? own.GetString() : _ofEvent;
}
