using StreamCommerce.Engine.Profiles;
using StreamCommerce.Engine.Storage.Cosmos.Groups;
using StreamCommerce.Ingest.Log.Groups;

namespace StreamCommerce.Engine.Storage;

/// <summary>What consumers of the log that share its partitions with those of other instances
/// write, in one place for all.</summary>
/// <param name="Places">Who reads which partition, and how far.</param>
/// <param name="Profiles">What visitors did.</param>
/// <param name="Letters">Events that could not be handled.</param>
public sealed record SharedStores(
    IGroupPlaces Places, IProfileStore Profiles, EventLetters Letters);
