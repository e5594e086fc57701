using System.Text.Json.Serialization;

namespace StreamCommerce.Models.Registry;

/// <summary>What is told of a model beside its numbers. A parameter may be infinite.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record ModelManifest
{
    /// <summary>Unique in a registry; sorts by the time of training.</summary>
    public required string Id { get; init; }

    /// <summary>Who trained it: <c>ials</c>, <c>mlnet-one-class</c>, …</summary>
    public required string Trainer { get; init; }

    public required DateTimeOffset TrainedAt { get; init; }

    /// <summary>The program's version.</summary>
    public required string CodeVersion { get; init; }

    /// <summary>The first and last interaction of the training data; null where it has no times.
    /// </summary>
    public DateTimeOffset? DataFrom { get; init; }

    /// <inheritdoc cref="DataFrom"/>
    public DateTimeOffset? DataUntil { get; init; }

    /// <summary>SHA-256 of the interactions in their order, hexadecimal.</summary>
    public required string DataHash { get; init; }

    public required long InteractionCount { get; init; }

    public required int UserCount { get; init; }

    public required int ItemCount { get; init; }

    /// <summary>The trainer's parameters, by name.</summary>
    public required IReadOnlyDictionary<string, double> Parameters { get; init; }

    /// <summary>What was measured on the hold-out, by name as <c>recall@20</c>.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>What was asked, as <c>top-n</c>; null in models of before it was noted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Protocol { get; init; }

    /// <summary>Where the model was trained again on all data: until when the one had learnt that
    /// was measured. Null where the metrics are this model's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? MeasuredUntil { get; init; }
}
