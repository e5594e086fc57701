using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Api.Commands.Models;

namespace StreamCommerce.Api.Commands;

// What the verbs read of the service's answers. A client of its own: it takes what it needs and
// ignores the rest, so that an older verb works with a newer service.

/// <summary>An entry of a receipt's or a problem's <c>refused</c>.</summary>
internal sealed record RefusedAnswer(int Index, string? Field, string? Detail);

/// <summary>A receipt of events, or a problem.</summary>
internal sealed record EventsAnswer(RefusedAnswer[]? Refused, string? Detail);

/// <summary>What <c>/readyz</c> says.</summary>
internal sealed record ReadyAnswer(long Handled, long Lag, int Partitions = 1);

/// <summary>What <c>/v1/stats</c> says that a file can say, too.</summary>
internal sealed record StatsAnswer(
    Dictionary<string, long> Events, long Orders, long Refunds, long Products, long Customers,
    long Visitors, SessionsAnswer Sessions);

/// <summary>Part of <see cref="StatsAnswer"/>.</summary>
internal sealed record SessionsAnswer(long Started);

/// <summary>What an import of products says.</summary>
internal sealed record ImportAnswer(int Added, int Changed, int Unchanged, int RefusedCount);

/// <summary>A product as the import reads it.</summary>
internal sealed record ProductLine(string Id, string Title, PriceField Price);

/// <summary>Part of <see cref="ProductLine"/>.</summary>
internal sealed record PriceField(decimal Amount, string Currency);

/// <summary>What <c>/v1/recommendations</c> says.</summary>
internal sealed record SuggestionsAnswer(string? Id, SuggestionAnswer[] Products);

/// <summary>Part of <see cref="SuggestionsAnswer"/>.</summary>
internal sealed record SuggestionAnswer(string ProductId);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EventsAnswer))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(ProductLine))]
[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(ReplayState))]
[JsonSerializable(typeof(StatsAnswer))]
[JsonSerializable(typeof(SuggestionsAnswer))]
[JsonSerializable(typeof(TunedTrainers))]
internal sealed partial class CommandJson : JsonSerializerContext;
