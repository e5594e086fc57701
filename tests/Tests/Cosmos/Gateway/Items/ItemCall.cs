using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Items;

/// <summary>One operation on one item, alone or as a part of a batch.</summary>
/// <param name="Kind">One of those of a single item.</param>
/// <param name="Id">Null where the body says it: creates and upserts.</param>
/// <param name="Body">The item, or the patch; empty for others.</param>
/// <param name="IfMatch">The ETag that the item must have, or null.</param>
/// <param name="IfNoneMatch">The ETag that the reader has, or null.</param>
/// <param name="Minimal">The writer does not want its item back.</param>
internal readonly record struct ItemCall(
    RequestKind Kind,
    string? Id,
    ReadOnlyMemory<byte> Body,
    string? IfMatch,
    string? IfNoneMatch,
    bool Minimal);

/// <summary>What became of it.</summary>
/// <param name="Status">As in HTTP.</param>
/// <param name="Charge">In request units.</param>
/// <param name="Item">As it is afterwards; null where it failed or is deleted.</param>
/// <param name="Message">Of what failed.</param>
internal readonly record struct ItemAnswer(
    int Status, double Charge, StoredItem? Item = null, string? Message = null)
{
    public bool IsSuccess => Status < 400;

    public static ItemAnswer NotFound => Refused(
        404, "Entity with the specified id does not exist in the system.");

    public static ItemAnswer Conflict => Refused(
        409, "Entity with the specified id already exists in the system.");

    public static ItemAnswer UniqueConflict => Refused(
        409, "Unique index constraint violation.");

    public static ItemAnswer PreconditionFailed => Refused(
        412, "One of the specified pre-condition is not met.");

    private static ItemAnswer Refused(int status, string message) =>
        new(status, RequestCharges.Refused, null, message);
}
