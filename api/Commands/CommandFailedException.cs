namespace StreamCommerce.Api.Commands;

/// <summary>A verb cannot do what was asked; the message is for whoever typed it.</summary>
internal sealed class CommandFailedException(string message, Exception? inner = null)
    : Exception(message, inner);
