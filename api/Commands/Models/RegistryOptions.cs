using System.CommandLine;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Storage.Cosmos.Models;
using StreamCommerce.Models.Registry;
using StreamCommerce.Models.Registry.Blobs;

namespace StreamCommerce.Api.Commands.Models;

/// <summary>Where models are published: the same registry as the service's, unless told.</summary>
internal sealed class RegistryOptions
{
    private readonly ServiceOptions _service = new();

    private readonly Option<string?> _registry = new("--registry")
    {
        Description = "A folder, or the address of a blob container; the service's unless given.",
        HelpName = "FOLDER|URL",
    };

    public void AddTo(Command command)
    {
        _service.AddTo(command, serves: false);
        command.Options.Add(_registry);
    }

    public ServiceSettings Settings(ParseResult parsed) => _service.Read(parsed);

    public OpenedRegistry Open(ParseResult parsed, TimeProvider time)
    {
        var settings = Settings(parsed);
        var configuration = ServiceHost.NewBuilder(settings).Configuration;
        var options = settings.ReadModels(configuration);
        if (parsed.GetValue(_registry) is { } given)
        {
            var isAddress = Uri.TryCreate(given, UriKind.Absolute, out var address)
                && address.Scheme is "http" or "https";
            if (isAddress) options.BlobContainer = address;
            else (options.BlobContainer, options.Directory) = (null, given);
            return new(Open(options, time));
        }
        var place = Open(options, time);
        return new(ServiceSettings.HasCosmos(configuration)
            ? CosmosModelRegistry.Open(ServiceSettings.ReadCosmos(configuration), place, time)
            : place);
    }

    /// <summary>The folder or the container: a registry of its own, or the files of one that keeps
    /// its entries elsewhere.</summary>
    internal static IModelRegistry Open(ModelOptions options, TimeProvider time) =>
        options.BlobContainer is { } container
            ? new BlobModelRegistry(container)
            : new FolderModelRegistry(options.Directory, time);
}

/// <summary>A registry for as long as a verb runs.</summary>
internal sealed class OpenedRegistry(IModelRegistry registry) : IDisposable
{
    public IModelRegistry Registry => registry;

    public void Dispose() => (registry as IDisposable)?.Dispose();
}
