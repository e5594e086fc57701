namespace StreamCommerce.Api.Health;

/// <summary>Finds out whether a folder takes a write, by writing a byte. Any thread.</summary>
/// <param name="folder">The folder of log and stores.</param>
internal sealed class WriteProbe(string folder)
{
    private readonly Lock _gate = new();

    /// <summary>Why a write fails; null where it does not.</summary>
    public string? FindFault()
    {
        var path = Path.Combine(folder, ".probe");
        try
        {
            lock (_gate)
            {
                using var file = new FileStream(path, FileMode.Create, FileAccess.Write,
                    FileShare.None, bufferSize: 0, FileOptions.WriteThrough);
                file.WriteByte(1);
            }
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
