using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway;

/// <summary>What a request is about, before it is done.</summary>
/// <param name="Number">From 1, in the order of arrival.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Database">Its name, or its id where the SDK asks by that.</param>
/// <param name="Container">Its name, or its id where the SDK asks by that; empty for
/// others.</param>
/// <param name="PartitionKey">A string without quotes, other values as JSON; empty where the
/// request has none.</param>
/// <param name="Id">Of the item, where the address says it.</param>
/// <param name="Region">Which region was asked.</param>
public readonly record struct GatewayRequest(
    long Number, RequestKind Kind, string Database, string Container, string PartitionKey,
    string Id, string Region)
{
    /// <summary>Whether it reads or writes items, rather than the account's structure.</summary>
    public bool IsOfItems => Kind >= RequestKind.CreateItem;

    public bool IsWrite => Kind is RequestKind.CreateItem or RequestKind.UpsertItem
        or RequestKind.ReplaceItem or RequestKind.PatchItem or RequestKind.DeleteItem
        or RequestKind.Batch or RequestKind.Bulk;
}

/// <summary>A request and its answer.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Status">Of the answer, even where it was lost; 0 where the request never
/// arrived.</param>
/// <param name="Charge">In request units.</param>
public readonly record struct AnsweredRequest(GatewayRequest Request, int Status, double Charge);
