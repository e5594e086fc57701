using System.CommandLine;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine.Recommendations;
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

    public IModelRegistry Open(ParseResult parsed, TimeProvider time)
    {
        var settings = Settings(parsed);
        var options = settings.ReadModels(ServiceHost.NewBuilder(settings).Configuration);
        if (parsed.GetValue(_registry) is { } given)
        {
            var isAddress = Uri.TryCreate(given, UriKind.Absolute, out var address)
                && address.Scheme is "http" or "https";
            if (isAddress) options.BlobContainer = address;
            else (options.BlobContainer, options.Directory) = (null, given);
        }
        return Open(options, time);
    }

    internal static IModelRegistry Open(ModelOptions options, TimeProvider time) =>
        options.BlobContainer is { } container
            ? new BlobModelRegistry(container)
            : new FolderModelRegistry(options.Directory, time);
}
