namespace StreamCommerce.Api.Health;

/// <summary>
/// Finds out whether a folder takes a write, by writing a byte: at most once in
/// <see cref="Freshness"/>, so that asking often does not keep the disk busy. Any thread.
/// </summary>
/// <param name="folder">The folder of log and stores.</param>
/// <param name="time">The clock.</param>
internal sealed class WriteProbe(string folder, TimeProvider time)
{
    /// <summary>How old an answer may be.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private string? _fault;
    private long? _probedAt;

    /// <summary>Why a write fails; null where it does not.</summary>
    public string? FindFault()
    {
        lock (_gate)
        {
            if (_probedAt is not { } at || time.GetElapsedTime(at) >= Freshness)
            {
                _fault = Probe();
                _probedAt = time.GetTimestamp();
            }
            return _fault;
        }
    }

    private string? Probe()
    {
        try
        {
            using var file = new FileStream(Path.Combine(folder, ".probe"), FileMode.Create,
                FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.WriteThrough);
            file.WriteByte(1);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
