using System.ComponentModel.DataAnnotations;

namespace StreamCommerce.Engine.Fraud;

/// <summary>What bounds the memory of the counters, with each limit's reason. Configuration
/// section <c>Fraud</c>.</summary>
public sealed class FraudLimits
{
    /// <summary>The configuration section, which the messages name.</summary>
    public const string Section = "Fraud";

    /// <summary>Orders whose repetition is recognized: a minute of a flash sale's retries, in
    /// some ten megabytes.</summary>
    public const int RememberedOrders = 200_000;

    /// <summary>Partners (cards of an account, accounts of a device, …) that are remembered of
    /// each: a rule asks whether there are three or five, so that 16 means 16 or more.</summary>
    public const int PartnerLimit = 16;

    /// <summary>
    /// Cards, addresses, devices, e-mails, accounts and terminals, of each so many; then the one
    /// that was not seen for longest is forgotten. Each takes some 250 bytes when they are all
    /// full, and nothing before it is seen.
    /// </summary>
    [Range(100, 5_000_000)]
    public int EntityLimit { get; set; } = 200_000;

    /// <summary>Buckets of one kind of entity, and pairs of partners, in all: most are seen in
    /// few hours of a week. Where they run out, entities are forgotten, too.</summary>
    internal int BucketLimit => 4 * EntityLimit;

    internal int PartnerTotalLimit => 4 * EntityLimit;
}
