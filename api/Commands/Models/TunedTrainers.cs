using System.Text.Json;
using System.Text.Json.Serialization;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>What <c>models tune</c> chose for one trainer.</summary>
/// <param name="Trainer">Its name.</param>
/// <param name="Parameters">By name.</param>
/// <param name="Objective">What they reached on the validation data.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record TunedTrainer(
    string Trainer, IReadOnlyDictionary<string, double> Parameters, double Objective);

/// <summary>What events weighed while parameters were tuned.</summary>
/// <param name="View">Weight of a view.</param>
/// <param name="Cart">Weight of an item put into a cart.</param>
/// <param name="Purchase">Weight of a purchase.</param>
/// <param name="HalfLifeDays">After it a weight counts half; null: never.</param>
internal sealed record TunedWeights(
    double View, double Cart, double Purchase, double? HalfLifeDays)
{
    public static TunedWeights Of(FoldInParameters weights) => new(
        weights.ViewWeight, weights.CartWeight, weights.PurchaseWeight,
        double.IsFinite(weights.HalfLifeDays) ? weights.HalfLifeDays : null);

    public FoldInParameters ToWeights() => TrainingPlan.UsualWeights with
    {
        ViewWeight = View,
        CartWeight = Cart,
        PurchaseWeight = Purchase,
        HalfLifeDays = HalfLifeDays ?? double.PositiveInfinity,
    };

    /// <summary>Whether something can be trained with them.</summary>
    public bool IsValid => double.IsFinite(View + Cart + Purchase)
        && View > 0 && Cart > 0 && Purchase > 0 && HalfLifeDays is null or > 0;
}

/// <summary>What <c>models tune</c> chose, as a file.</summary>
/// <param name="Trainers">The best first; at least one.</param>
/// <param name="Weights">What events weighed; null where the file does not say.</param>
internal sealed record TunedTrainers(
    IReadOnlyList<TunedTrainer> Trainers, TunedWeights? Weights = null)
{
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
                is not { Trainers.Count: > 0 } tuned
                ? throw new CommandFailedException($"{file} names no trainer.")
                : tuned.Weights is { IsValid: false }
                ? throw new CommandFailedException($"{file}: weights must be above 0.")
                : tuned;
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
