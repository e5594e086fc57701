using System.Diagnostics;
using Azure.Storage.Blobs;
using StreamCommerce.Models.Registry.Blobs;
using StreamCommerce.Tests.Engine.Pipeline;
using Xunit;

namespace StreamCommerce.Tests.Models.Registry;

/// <summary>
/// The blob storage emulator (npm's <c>azurite</c>), one process for all tests of a class. It is
/// found by the variable <c>AZURITE_BLOB</c> or on the path; without it the tests are skipped.
/// </summary>
public sealed class AzuriteServer : IAsyncLifetime
{
    private const string Variable = "AZURITE_BLOB";
    private const string Program = "azurite-blob";
    private const string Listening = "successfully listens on ";

    // The emulator's published account: everybody's, and nobody's data.
    private const string Account = "devstoreaccount1";
    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();
    private Process? _process;
    private string? _address;
    private int _containers;

    /// <summary>A registry over a container that is not made yet.</summary>
    internal (BlobModelRegistry Registry, BlobContainerClient Container) NewRegistry()
    {
        var container = NewContainer();
        return (new BlobModelRegistry(container), container);
    }

    /// <summary>A container that is not made yet; skips the test where there is no emulator.
    /// </summary>
    internal BlobContainerClient NewContainer()
    {
        Assert.SkipWhen(_address is null,
            $"There is no {Program}: npm install azurite, and name it in {Variable}.");
        return new BlobServiceClient(
            $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};" +
            $"BlobEndpoint={_address}/{Account};")
            .GetBlobContainerClient($"container-{Interlocked.Increment(ref _containers)}");
    }

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } program) return;
        _process = Process.Start(new ProcessStartInfo(program)
        {
            ArgumentList =
            {
                "--inMemoryPersistence", "--blobPort", "0", "--skipApiVersionCheck",
                "--disableTelemetry", "--silent",
            },
            // It leaves a log where it runs.
            WorkingDirectory = _directory.Path,
            RedirectStandardOutput = true,
        })!;
        using var limit = new CancellationTokenSource(StartLimit);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            var at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at < 0) continue;
            _address = line[(at + Listening.Length)..].Trim();
            return;
        }
        throw new InvalidOperationException($"{program} ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        _directory.Dispose();
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return given;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, Program))
            .FirstOrDefault(File.Exists);
    }
}
