namespace StreamCommerce.Api.Problems;

/// <summary>
/// A request's body is not of the form that it is said to be; the message tells its sender what
/// is wrong. Not <see cref="InvalidDataException"/>: log and stores throw that of their own files.
/// </summary>
internal sealed class BodyFormatException(string message, Exception? inner = null)
    : Exception(message, inner);
