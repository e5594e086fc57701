using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Batch;

/// <summary>
/// Runs the operations of a batch. As a transaction each sees those before it, and the first that
/// fails undoes all: its status is its own, all others' is 424. Under the partition's gate.
/// </summary>
internal static class BatchRun
{
    public const int OperationsLimit = 100;
    private const int FailedDependency = 424;

    public static BatchResult[] Atomically(
        IReadOnlyList<BatchOperation> operations, ItemTransaction transaction)
    {
        var results = new BatchResult[operations.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Run(operations[i], transaction);
            if (results[i].Status >= 400)
            {
                var failed = results[i];
                Array.Fill(results, new BatchResult(FailedDependency, 0, null, default, 0));
                results[i] = failed;
                return results;
            }
        }

        transaction.Commit();
        return results;
    }

    /// <summary>One operation for itself.</summary>
    public static BatchResult Alone(BatchOperation operation, ItemTransaction transaction)
    {
        var result = Run(operation, transaction);
        if (result.Status < 400)
        {
            transaction.Commit();
        }

        return result;
    }

    private static BatchResult Run(BatchOperation operation, ItemTransaction transaction)
    {
        try
        {
            var answer = ItemOperations.Apply(operation.ToCall(), transaction);
            var hasBody = answer.IsSuccess && answer.Item is not null && answer.Status != 304
                && !operation.Minimal;
            return new BatchResult(
                answer.Status,
                0,
                answer.Item?.ETag,
                hasBody ? answer.Item!.Json : default(ReadOnlyMemory<byte>),
                answer.Charge);
        }
        catch (GatewayException e)
        {
            return new BatchResult(e.Status, e.SubStatus, null, default, RequestCharges.Refused);
        }
    }
}
