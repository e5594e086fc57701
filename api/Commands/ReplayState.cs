using System.Text.Json;

namespace StreamCommerce.Api.Commands;

/// <summary>How far a replay is, in a small file that is replaced in one step.</summary>
/// <param name="Dataset">The file's name, without its folder.</param>
/// <param name="Bytes">Its size: another size is another file.</param>
/// <param name="Format">Its format.</param>
/// <param name="To">The service.</param>
/// <param name="Position">All up to this row is acknowledged by the service.</param>
internal sealed record ReplayState(
    string Dataset, long Bytes, string Format, string To, long Position)
{
    /// <summary>The beginning of a dataset.</summary>
    public static ReplayState Begin(ReplayOptions options) => new(
        Path.GetFileName(options.Dataset), new FileInfo(options.Dataset).Length,
        options.Format.Name, options.To.ToString(), 0);

    /// <summary>What the file says; null where there is none.</summary>
    /// <exception cref="CommandFailedException">It is no such file, or of another replay.
    /// </exception>
    public static ReplayState? Load(ReplayOptions options)
    {
        if (!File.Exists(options.StateFile)) return null;
        ReplayState? state;
        try
        {
            state = JsonSerializer.Deserialize(
                File.ReadAllBytes(options.StateFile), CommandJson.Default.ReplayState);
        }
        catch (JsonException e)
        {
            throw new CommandFailedException(
                $"{options.StateFile} does not say how far a replay is: {e.Message}", e);
        }
        if (state is not null && state == Begin(options) with { Position = state.Position })
            return state;
        throw new CommandFailedException($"{options.StateFile} is of another replay: " +
            $"{state?.Dataset} ({state?.Format}, {state?.Bytes} bytes) to {state?.To}. " +
            "Name another file with --state, or leave out --resume.");
    }

    /// <summary>Durable when it returns.</summary>
    public void Save(string file)
    {
        var temporary = file + ".tmp";
        using (var stream = File.Create(temporary))
        {
            JsonSerializer.Serialize(stream, this, CommandJson.Default.ReplayState);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
    }
}
