namespace StreamCommerce.Api.Commands;

/// <summary>
/// The folder of the demo's data. It carries a mark, and only a folder with the mark is ever
/// emptied: a mistyped path must not cost anybody a real shop.
/// </summary>
internal static class DemoFolder
{
    private const string Mark = ".streamcommerce-demo";

    /// <summary>Makes the folder ready; empty unless it is kept.</summary>
    /// <exception cref="CommandFailedException">It holds something else.</exception>
    public static void Prepare(string folder, bool keep)
    {
        var mark = Path.Combine(folder, Mark);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            if (!File.Exists(mark))
            {
                throw new CommandFailedException(
                    $"{Path.GetFullPath(folder)} holds something else than a demo's data; " +
                    "name another folder with --data.");
            }
            if (!keep) Directory.Delete(folder, recursive: true);
        }
        Directory.CreateDirectory(folder);
        File.WriteAllText(mark, "Simulated data of a demo; the next demo empties this folder.\n");
    }
}
