namespace StreamCommerce.Models.Registry;

/// <summary>
/// A file is no model that this program can use: damaged, cut short, or of another format. The
/// message names the file, the section where one is at fault, and what to do.
/// </summary>
public sealed class ModelFileException(string message, Exception? inner = null)
    : IOException(message, inner);
