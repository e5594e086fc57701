namespace StreamCommerce.Engine.Sessions;

/// <summary>Where a visit begins and ends.</summary>
public static class SessionRules
{
    /// <summary>A silence longer than this ends a session that the storefront did not name.
    /// </summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMinutes(30);

    /// <summary>How long after its last event a session that the storefront named is still
    /// known by its name: a silence within it does not end it.</summary>
    public static readonly TimeSpan NamedLifetime = TimeSpan.FromHours(24);
}
