using System.Text.Json;
using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Problems;

namespace StreamCommerce.Api.Products;

/// <summary>Reads products from NDJSON, one a line. Empty lines are skipped but counted.</summary>
internal static class ProductLines
{
    public static void Read(ReadOnlySpan<byte> bytes, ImportRows rows)
    {
        for (var number = 1L; !bytes.IsEmpty; number++)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = (end < 0 ? bytes : bytes[..end]).Trim(" \t\r"u8);
            bytes = end < 0 ? [] : bytes[(end + 1)..];
            if (!line.IsEmpty) ReadLine(number, line, rows);
        }
    }

    private static void ReadLine(long number, ReadOnlySpan<byte> line, ImportRows rows)
    {
        try
        {
            if (JsonSerializer.Deserialize(line, ApiJson.Wire.ProductRow) is { } row)
                rows.Add(number, row.ToProduct());
            else rows.Refuse(number, null, "", "must be a JSON object.");
        }
        catch (JsonException e)
        {
            var problem = FaultProblems.Of(e);
            var field = problem.Errors is [var error] ? error.Field : "";
            rows.Refuse(number, null, field, problem.Detail);
        }
    }
}
