namespace StreamCommerce.Engine.Pipeline.State;

/// <summary>
/// State that is saved together with the offset it has reached. Owned by its partition's thread.
/// </summary>
public interface ICheckpointed
{
    /// <summary>Its section's name in the state file; never changes.</summary>
    string Name { get; }

    /// <summary>The form of its section; another one is rebuilt from the log.</summary>
    int Version { get; }

    /// <summary>Writes the state, or what changed since the last save.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="everything">All of it, not only the changes.</param>
    void Save(StateWriter output, bool everything);

    /// <summary>
    /// Takes in what <see cref="Save"/> wrote. Called for the last full section, then for each
    /// section of changes since, in order.
    /// </summary>
    void Load(StateReader input);
}
