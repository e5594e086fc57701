using System.CommandLine;
using System.CommandLine.Help;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Engine;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Api.Commands;

/// <summary>
/// Runs a verb. Exit codes: 0 done, 1 it could not be done, 2 the command line or a setting is
/// wrong.
/// </summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Misused = 2;

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync();
            WriteUsage(parsed);
            return Misused;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                // The service stops by itself, as long as its requests may take.
                ProcessTerminationTimeout = TimeSpan.FromMinutes(2),
            });
        }
        catch (SettingsException wrong)
        {
            return await FailAsync(wrong.Message, Misused);
        }
        catch (Exception fault) when (fault is IOException or LogCorruptException
            or StoreUnavailableException or InvalidDataException or UnauthorizedAccessException
            or CommandFailedException)
        {
            return await FailAsync(fault.Message, Failed);
        }
        catch (OperationCanceledException)
        {
            return await FailAsync("Stopped.", Failed);
        }
    }

    private static async Task<int> FailAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }

    private static void WriteUsage(ParseResult parsed)
    {
        // Help goes to the output that it is given, which for an error is not the program's.
        var output = parsed.InvocationConfiguration;
        output.Output = Console.Error;
        new HelpAction().Invoke(parsed);
    }
}
