using System.ComponentModel.DataAnnotations;

namespace StreamCommerce.Tests.Cosmos.Gateway;

/// <summary>How the account in memory is.</summary>
public sealed class CosmosGatewayOptions
{
    public const string AccountName = "local";

    /// <summary>The first can be written to, all can be read from.</summary>
    [MinLength(1)]
    public IReadOnlyList<string> Regions { get; init; } = ["West Europe", "North Europe"];

    /// <summary>What a client may ask for at most.</summary>
    public string Consistency { get; init; } = "Session";

    /// <summary>How many physical partitions a container has, 1 to 64. Two, so that every test
    /// meets queries over several.</summary>
    [Range(1, 64)]
    public int PhysicalPartitions { get; init; } = 2;

    /// <summary>The account's key, in base 64; a secret of nobody.</summary>
    public string Key { get; init; } =
        Convert.ToBase64String("a key that opens nothing but this gateway, 64 bytes in all...."u8);

    /// <summary>Whether requests must be signed with <see cref="Key"/>.</summary>
    public bool VerifiesKey { get; init; } = true;

    /// <summary>How many of the last requests are remembered, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int RequestsKept { get; init; } = 10_000;
}
