using System.Runtime.InteropServices;

namespace StreamCommerce.Models.Registry;

/// <summary>A named part of a model file that is to be written: an array of numbers.</summary>
public sealed class ModelSection
{
    private readonly BytesOf _bytes;

    private ModelSection(string name, BytesOf bytes)
    {
        if (!ModelFileLayout.IsSectionName(name))
        {
            throw new ArgumentException($"'{name}' is no section's name: 1 to " +
                $"{ModelFileLayout.NameLimit} lower case ASCII letters, digits, '-' and '.'.",
                nameof(name));
        }
        (Name, _bytes) = (name, bytes);
    }

    private delegate ReadOnlySpan<byte> BytesOf();

    public string Name { get; }

    internal ReadOnlySpan<byte> Bytes => _bytes();

    /// <summary>A section of numbers, which are read when the file is written.</summary>
    /// <param name="name">Lower case with hyphens; further sections of a model are named after
    /// their owner, as <c>retrieval.codes</c>.</param>
    /// <param name="numbers">At most 2 GiB.</param>
    /// <exception cref="ArgumentException">It is no name.</exception>
    public static ModelSection Of<T>(string name, ReadOnlyMemory<T> numbers)
        where T : unmanaged =>
        new(name, () => MemoryMarshal.AsBytes(numbers.Span));
}
