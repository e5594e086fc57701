namespace StreamCommerce.Engine.Storage.Files;

/// <summary>What is wrong with a document that a merchant has written.</summary>
/// <param name="Path">The field, as a JSON Pointer into it; empty for all of it.</param>
/// <param name="Detail">What is wrong and what would be right.</param>
public sealed record DocumentFault(string Path, string Detail);

/// <summary>
/// A file that people edit and the service replaces as a whole: noticed by its time and length
/// when it has changed, and after a crash either the old or the new one. One thread at a time.
/// </summary>
internal sealed class DocumentFile(string path, int bytesLimit)
{
    private (DateTime WrittenAt, long Length)? _seen;

    /// <summary>
    /// The bytes where they are others than at the last look; null where they are not, or there is
    /// no file. Empty, with a fault, where there are more than the limit.
    /// </summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[]? ReadChanged(out DocumentFault? fault)
    {
        fault = null;
        var file = new FileInfo(path);
        if (!file.Exists || _seen == (file.LastWriteTimeUtc, file.Length)) return null;
        // What cannot be read is looked at again.
        var isTooLong = file.Length > bytesLimit;
        var bytes = isTooLong ? [] : File.ReadAllBytes(path);
        _seen = (file.LastWriteTimeUtc, file.Length);
        if (isTooLong) fault = new("", $"The file has more than {bytesLimit} bytes.");
        return bytes;
    }

    /// <summary>Replaces the file.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
    public void Replace(byte[] text)
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
            var written = new FileInfo(path);
            _seen = (written.LastWriteTimeUtc, written.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"{path} cannot be written.", e);
        }
    }
}
