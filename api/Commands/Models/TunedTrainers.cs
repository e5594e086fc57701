using System.Text.Json;
using System.Text.Json.Serialization;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>What <c>models tune</c> chose for one trainer.</summary>
/// <param name="Trainer">Its name.</param>
/// <param name="Parameters">By name.</param>
/// <param name="Objective">What they reached on the validation data.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record TunedTrainer(
    string Trainer, IReadOnlyDictionary<string, double> Parameters, double Objective);

/// <summary>What <c>models tune</c> chose, as a file.</summary>
/// <param name="Trainers">The best first; at least one.</param>
internal sealed record TunedTrainers(IReadOnlyList<TunedTrainer> Trainers)
{
    /// <summary>No parameters: the defaults of all.</summary>
    public static IReadOnlyDictionary<string, double> Nothing { get; } =
        new Dictionary<string, double>();

    /// <summary>A trainer's parameters; null where it was not tuned.</summary>
    public IReadOnlyDictionary<string, double>? ParametersOf(string trainer) =>
        Trainers.FirstOrDefault(tuned => tuned.Trainer == trainer)?.Parameters;

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandFailedException">It is another kind of file.</exception>
    public static TunedTrainers Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(file), CommandJson.Default.TunedTrainers)
                is { Trainers.Count: > 0 } tuned ? tuned
                : throw new CommandFailedException($"{file} names no trainer.");
        }
        catch (JsonException e)
        {
            throw new CommandFailedException(
                $"{file} holds no parameters of 'models tune': {e.Message}", e);
        }
    }

    public Task WriteAsync(string file, CancellationToken ct) => File.WriteAllBytesAsync(
        file, JsonSerializer.SerializeToUtf8Bytes(this, CommandJson.Default.TunedTrainers), ct);
}
