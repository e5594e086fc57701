using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Batch;

/// <summary>One operation of a batch, as it travels. Filled while it is read.</summary>
internal sealed class BatchOperation
{
    /// <summary>The protocol's number of the kind of operation.</summary>
    public int Type { get; set; }

    /// <summary>Set where the operations of one request have several keys.</summary>
    public string? PartitionKey { get; set; }

    public string? Id { get; set; }

    public ReadOnlyMemory<byte> Body { get; set; }

    public string? IfMatch { get; set; }

    public string? IfNoneMatch { get; set; }

    public bool Minimal { get; set; }

    /// <exception cref="GatewayException">A kind that no batch may have.</exception>
    public ItemCall ToCall() => new(
        Type switch
        {
            0 => RequestKind.CreateItem,
            1 => RequestKind.PatchItem,
            2 => RequestKind.ReadItem,
            4 => RequestKind.DeleteItem,
            5 => RequestKind.ReplaceItem,
            20 => RequestKind.UpsertItem,
            _ => throw GatewayException.NotSpoken($"operation type {Type} in a batch"),
        },
        Id,
        Body,
        IfMatch,
        IfNoneMatch,
        Minimal);
}

/// <summary>What became of one operation of a batch.</summary>
internal readonly record struct BatchResult(
    int Status, int SubStatus, string? ETag, ReadOnlyMemory<byte> Body, double Charge);
