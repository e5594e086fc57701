namespace StreamCommerce.Engine.Recommendations.Experiments;

/// <summary>The file of a book of experiments. One thread at a time.</summary>
internal sealed class ExperimentFile(string path)
{
    private (DateTime WrittenAt, long Length)? _seen;

    /// <summary>The file's book where the file has changed; or what is wrong with it; or neither,
    /// where it has not changed or is not there.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public (ExperimentBook? Book, ExperimentFault? Fault) ReadChanged()
    {
        var file = new FileInfo(path);
        if (!file.Exists || _seen == Stamp(file)) return (null, null);
        var stamp = Stamp(file);
        var read = file.Length > ExperimentBooks.BytesLimit
            ? (null, new("", $"has more than {ExperimentBooks.BytesLimit} bytes."))
            : ExperimentBookJson.Parse(File.ReadAllBytes(path));
        _seen = stamp;
        return read;
    }

    /// <summary>Replaces the file as a whole: after a crash it is the old or the new one.
    /// </summary>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> text)
    {
        var unfinished = path + ".new";
        try
        {
            using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
            {
                file.Write(text);
                file.Flush(flushToDisk: true);
            }
            File.Move(unfinished, path, overwrite: true);
            _seen = Stamp(new FileInfo(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"{path} cannot be written.", e);
        }
    }

    private static (DateTime, long) Stamp(FileInfo file) => (file.LastWriteTimeUtc, file.Length);
}
