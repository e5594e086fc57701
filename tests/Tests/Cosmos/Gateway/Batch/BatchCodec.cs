using System.Text;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Cosmos.Serialization.HybridRow;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.IO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Layouts;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.RecordIO;
using Microsoft.Azure.Cosmos.Serialization.HybridRow.Schemas;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Batch;

/// <summary>
/// Reads batches and writes their results in HybridRow, the form in which they travel. The
/// serializer and the schemas are those that ship in the SDK.
/// </summary>
internal static class BatchCodec
{
    private const string SchemaResource =
        "Microsoft.Azure.Cosmos.Batch.HybridRowBatchSchemas.json";

    private static readonly LayoutResolverNamespace Resolver = new(ReadSchemas());
    private static readonly Layout ResultLayout = Find("BatchResult");

    /// <exception cref="GatewayException">Not a batch.</exception>
    public static async Task<IReadOnlyList<BatchOperation>> ReadAsync(ReadOnlyMemory<byte> body)
    {
        var operations = new List<BatchOperation>();
        using var stream = new MemoryStream(body.ToArray(), writable: false);
        var result = await stream.ReadRecordIOAsync(
            (ReadOnlyMemory<byte> record) =>
            {
                var read = Read(record, out var operation);
                operations.Add(operation);
                return read;
            },
            resizer: new MemorySpanResizer<byte>(body.Length));
        return result == Result.Success
            ? operations
            : throw GatewayException.BadRequest($"The batch is not well formed: {result}.");
    }

    public static async Task<byte[]> WriteAsync(IReadOnlyList<BatchResult> results)
    {
        using var stream = new MemoryStream();
        var resizer = new MemorySpanResizer<byte>(
            256 + results.Max(one => one.Body.Length + (one.ETag?.Length ?? 0)));
        var result = await stream.WriteRecordIOAsync(
            default,
            (long index, out ReadOnlyMemory<byte> buffer) =>
            {
                buffer = default;
                if (index >= results.Count)
                {
                    return Result.Success;
                }

                var row = new RowBuffer(resizer.Memory.Length, resizer);
                row.InitLayout(HybridRowVersion.V1, ResultLayout, Resolver);
                var written = RowWriter.WriteBuffer(ref row, results[(int)index], Write);
                buffer = resizer.Memory[..row.Length];
                return written;
            });
        return result == Result.Success
            ? stream.ToArray()
            : throw new InvalidOperationException($"The results could not be written: {result}.");
    }

    private static Namespace ReadSchemas()
    {
        using var stream = typeof(CosmosClient).Assembly.GetManifestResourceStream(SchemaResource)
            ?? throw new InvalidOperationException($"The SDK has no {SchemaResource}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return Namespace.Parse(reader.ReadToEnd());
    }

    private static Layout Find(string schema) =>
        Resolver.Resolve(Resolver.Namespace.Schemas.Find(one => one.Name == schema)!.SchemaId);

    private static Result Read(ReadOnlyMemory<byte> record, out BatchOperation operation)
    {
        operation = new BatchOperation();
        var row = new RowBuffer(record.Length);
        if (!row.ReadFrom(record.Span, HybridRowVersion.V1, Resolver))
        {
            return Result.Failure;
        }

        var reader = new RowReader(ref row);
        while (reader.Read())
        {
            var result = Read(ref reader, operation);
            if (result != Result.Success)
            {
                return result;
            }
        }

        return Result.Success;
    }

    private static Result Read(ref RowReader reader, BatchOperation operation)
    {
        Result result;
        switch ((string)reader.Path)
        {
            case "operationType":
                result = reader.ReadInt32(out var type);
                operation.Type = type;
                return result;
            case "resourceType":
                return reader.ReadInt32(out _);
            case "resourceBody":
                result = reader.ReadBinary(out byte[] body);
                operation.Body = body;
                return result;
            case "minimalReturnPreference":
                result = reader.ReadBool(out var minimal);
                operation.Minimal = minimal;
                return result;
        }

        result = reader.ReadString(out string text);
        switch ((string)reader.Path)
        {
            case "partitionKey":
                operation.PartitionKey = text;
                return result;
            case "id":
                operation.Id = text;
                return result;
            case "ifMatch":
                operation.IfMatch = text;
                return result;
            case "ifNoneMatch":
                operation.IfNoneMatch = text;
                return result;
            case var path:
                throw GatewayException.NotSpoken($"'{path}' of a batch's operation");
        }
    }

    private static Result Write(ref RowWriter writer, TypeArgument _, BatchResult result)
    {
        var written = writer.WriteInt32("statusCode", result.Status);
        if (written == Result.Success && result.SubStatus != 0)
        {
            written = writer.WriteInt32("subStatusCode", result.SubStatus);
        }

        if (written == Result.Success && result.ETag is not null)
        {
            written = writer.WriteString("eTag", result.ETag);
        }

        if (written == Result.Success && result.Body.Length > 0)
        {
            written = writer.WriteBinary("resourceBody", result.Body.Span);
        }

        return written == Result.Success
            ? writer.WriteFloat64("requestCharge", result.Charge)
            : written;
    }
}
