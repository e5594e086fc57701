using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CsvHelper;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Products;

/// <summary>Reads products from CSV (RFC 4180, UTF-8) with a header.</summary>
internal static class ProductCsv
{
    private const string AttributePrefix = "attribute.";

    private static readonly string[] Required = ["id", "title", "price", "currency"];

    private static readonly string[] Known = [.. Required, "description", "brand", "categories"];

    /// <summary>Reads all rows; throws <see cref="InvalidDataException"/>, which names what is
    /// wrong, where the header cannot be used or a row has no end.</summary>
    public static void Read(ReadOnlyMemory<byte> bytes, ImportRows rows)
    {
        MemoryMarshal.TryGetArray(bytes, out var array);
        var malformedLine = 0L;
        using var csv = CsvReader.Create(
            new MemoryStream(array.Array!, array.Offset, array.Count), new CsvReaderOptions
            {
                TrackLineNumbers = true,
                OnMalformedRecord = record => malformedLine = record.LineNumber,
            });
        try
        {
            csv.ReadHeader();
            string[] header = [.. csv.Headers];
            CheckHeader(header);
            while (csv.Read())
            {
                if (malformedLine == csv.LineNumber)
                    rows.Refuse(csv.LineNumber, null, "", "a quote stands inside a field.");
                else ReadRow(csv, header, rows);
            }
        }
        catch (CsvFormatException e)
        {
            throw new InvalidDataException($"The CSV cannot be read: {e.Message}", e);
        }
    }

    private static void CheckHeader(string[] header)
    {
        foreach (var column in Required)
        {
            if (!header.Contains(column))
                throw new InvalidDataException($"The CSV's header lacks the column '{column}'.");
        }
        foreach (var column in header)
        {
            if (!Known.Contains(column)
                && !column.StartsWith(AttributePrefix, StringComparison.Ordinal))
            {
                throw new InvalidDataException($"The CSV's column '{column}' is not known; there " +
                    $"are {string.Join(", ", Known)} and {AttributePrefix}NAME.");
            }
        }
        if (header.Distinct(StringComparer.Ordinal).Count() < header.Length)
            throw new InvalidDataException("The CSV's header names a column twice.");
    }

    private static void ReadRow(CsvReader csv, string[] header, ImportRows rows)
    {
        var line = csv.LineNumber;
        if (csv.FieldCount != header.Length)
        {
            rows.Refuse(line, null, "",
                $"has {csv.FieldCount} fields; the header has {header.Length}.");
            return;
        }
        var fields = new Dictionary<string, string>(header.Length, StringComparer.Ordinal);
        for (var i = 0; i < header.Length; i++)
        {
            if (csv.GetSpan(i) is { IsEmpty: false } bytes)
                fields.Add(header[i], Encoding.UTF8.GetString(bytes));
        }
        var id = fields.GetValueOrDefault("id");
        var (price, currency) = (fields.GetValueOrDefault("price"),
            fields.GetValueOrDefault("currency"));
        if (!decimal.TryParse(price, NumberStyles.AllowDecimalPoint
            | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount))
        {
            rows.Refuse(line, id, "price", $"'{price}' is not an amount such as 12.50.");
        }
        else if (!Currency.TryParse(currency, out var known))
        {
            rows.Refuse(line, id, "currency",
                $"'{currency}' is not an active ISO 4217 code such as EUR.");
        }
        else
        {
            rows.Add(line, ToProduct(fields, new Money(amount, known)));
        }
    }

    private static Product ToProduct(Dictionary<string, string> fields, Money price) =>
        ProductRow.ToProduct(
            fields.GetValueOrDefault("id") ?? "",
            fields.GetValueOrDefault("title") ?? "",
            price,
            fields.GetValueOrDefault("description"),
            fields.GetValueOrDefault("brand"),
            fields.GetValueOrDefault("categories")?.Split('|',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            fields.Where(field => field.Key.StartsWith(AttributePrefix, StringComparison.Ordinal))
                .ToDictionary(field => field.Key[AttributePrefix.Length..], field => field.Value));
}
