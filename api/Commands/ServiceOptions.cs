using System.CommandLine;
using StreamCommerce.Api.Hosting;

namespace StreamCommerce.Api.Commands;

/// <summary>The options of every verb that opens the shop's data.</summary>
internal sealed class ServiceOptions
{
    public Option<string> Data { get; } = new("--data")
    {
        Description = "Folder of all data.",
        DefaultValueFactory = _ => "data",
    };

    public Option<string> Urls { get; } = new("--urls")
    {
        Description = "Where to listen, separated by semicolons.",
        DefaultValueFactory = _ => new ServiceSettings().Urls,
    };

    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "A setting, as Engine:BatchLimit=2048; may be given several times.",
        HelpName = "KEY=VALUE",
    };

    public ServiceOptions()
    {
        Set.Validators.Add(result =>
        {
            var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var token in result.Tokens)
            {
                var length = token.Value.IndexOf('=');
                if (length <= 0)
                    result.AddError($"'{token.Value}' is not of the form KEY=VALUE.");
                else if (!keys.Add(token.Value[..length]))
                    result.AddError($"{token.Value[..length]} is set twice.");
            }
        });
    }

    /// <summary>Adds the options to a verb; a verb that serves listens, too.</summary>
    public void AddTo(Command command, bool serves)
    {
        command.Options.Add(Data);
        if (serves) command.Options.Add(Urls);
        command.Options.Add(Set);
    }

    /// <summary>What the command line says.</summary>
    public ServiceSettings Read(ParseResult parsed) => new()
    {
        DataDirectory = parsed.GetRequiredValue(Data),
        Urls = parsed.GetResult(Urls) is null
            ? new ServiceSettings().Urls : parsed.GetRequiredValue(Urls),
        Configuration = (parsed.GetValue(Set) ?? []).ToDictionary(
            text => text[..text.IndexOf('=')], string? (text) => text[(text.IndexOf('=') + 1)..]),
    };
}
