using System.ComponentModel;
using System.Diagnostics;

namespace StreamCommerce.Benchmarks.Baselines;

/// <summary>A program of this machine, found once and run with a limit of time.</summary>
internal sealed class Tool
{
    // Above what any step takes: a measurement of seconds, or making a database.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly string _path;
    private readonly string[] _before;

    private Tool(string path, string[] before) => (_path, _before) = (path, before);

    /// <summary>Looks in the search path, then in further folders, the last one first.</summary>
    /// <exception cref="MissingToolException">It is not there.</exception>
    public static Tool Find(string name, params IEnumerable<string> folders)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(folders.OrderDescending(StringComparer.Ordinal))
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return path is null
            ? throw new MissingToolException($"{name} is not installed")
            : new Tool(path, []);
    }

    /// <summary>The same program as another user, where this one is root.</summary>
    public Tool As(string user) => Environment.IsPrivilegedProcess
        ? new Tool(Find("setpriv")._path,
            [$"--reuid={user}", $"--regid={user}", "--clear-groups", _path])
        : this;

    /// <summary>Starts it and lets it run.</summary>
    public Process Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(_path, [.. _before, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new MissingToolException($"{_path} does not start: {fault.Message}");
        }
    }

    /// <summary>Runs it to its end and gives what it printed.</summary>
    public async Task<string> RunAsync(string[] arguments, string input = "")
    {
        using var process = Start(arguments);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"{_path}: {await errors}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>A program for a comparison is not here.</summary>
internal sealed class MissingToolException(string message) : Exception(message);
