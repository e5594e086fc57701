using Spectre.Console;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>A model that a verb looks at: a file, or a copy that is gone with it.</summary>
internal sealed class FetchedModel : IDisposable
{
    private readonly OpenedModel _opened;
    private readonly DirectoryInfo? _folder;

    private FetchedModel(OpenedModel opened, DirectoryInfo? folder) =>
        (_opened, _folder) = (opened, folder);

    public RecommendationModel Model => _opened.Model;

    /// <param name="registry">Where ids are looked up.</param>
    /// <param name="name">An id, or a file.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<FetchedModel> OpenAsync(
        IModelRegistry registry, string name, CancellationToken ct)
    {
        if (File.Exists(name)) return new(ModelFile.Open(name), null);
        var folder = Directory.CreateTempSubdirectory("models-");
        try
        {
            return new(await new ModelCache(registry, folder.FullName).OpenAsync(name, ct), folder);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Asks it the questions.</summary>
    public async Task<Measured> MeasureAsync(
        string name, TrainingSet set, IAnsiConsole console, TimeProvider time,
        CancellationToken ct)
    {
        var context = new TrainingContext(ThreadCount: Environment.ProcessorCount);
        return await new TrainingRun(context, console, time).ShowAsync($"Measuring {name}",
            inner => new Measured(name, ModelTraining.Measure(
                Model, set.Questions(Model.FoldIn), set.Train.Items, inner, ct).Metrics, null),
            ct);
    }

    public void Dispose()
    {
        _opened.Dispose();
        _folder?.Delete(recursive: true);
    }
}
