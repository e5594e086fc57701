namespace StreamCommerce.Tests.Cosmos.Gateway.Protocol;

/// <summary>
/// What a request costs, in request units, by the service's documented rules of thumb ("Optimize
/// request cost in Azure Cosmos DB"): a point read is 1 RU for 1 KB and 10 RU for 100 KB; an
/// insert about 5 RU for 1 KB and 50 RU for 100 KB, and the indexed properties on top; a replace
/// costs twice an insert. The service measures; this only adds up, so that a change of shape shows
/// in a test.
/// </summary>
internal static class RequestCharges
{
    public const double PlanOrMetadata = 1;

    /// <summary>A change feed read that brings nothing is as cheap as a point read.</summary>
    public const double NothingNew = 1;

    private const double BytesPerKb = 1024;
    private const double ReadSlope = 9.0 / 99;
    private const double WriteSlope = 45.0 / 99;

    /// <summary>"Inserting a 1 KB item without indexing costs around 5.5".</summary>
    private const double InsertBase = 5.5;

    /// <summary>The service's least for a query that finds nothing.</summary>
    private const double QueryBase = 2.3;

    /// <summary>An item that a query loads costs a part of a point read.</summary>
    private const double LoadedShare = 0.3;

    /// <summary>What a failed write costs: the look-up that told it so.</summary>
    public static double Refused => 1;

    public static double PointRead(int bytes) => 1 + (ReadSlope * AboveFirst(bytes));

    public static double Insert(int bytes) => InsertBase + (WriteSlope * AboveFirst(bytes));

    public static double Replace(int bytes) => 2 * Insert(bytes);

    public static double Delete(int bytes) => Insert(bytes);

    public static double Query(int loadedItems, long loadedBytes) =>
        QueryBase + (LoadedShare * (loadedItems + (ReadSlope * loadedBytes / BytesPerKb)));

    public static double Changes(int items, long bytes) =>
        NothingNew + (LoadedShare * (items + (ReadSlope * bytes / BytesPerKb)));

    private static double AboveFirst(int bytes) => Math.Max(0, (bytes / BytesPerKb) - 1);
}
