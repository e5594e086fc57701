using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using StreamCommerce.Api.Problems;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Products;

/// <summary>Reads products from CSV (RFC 4180, UTF-8) with a header.</summary>
internal static class ProductCsv
{
    private const string AttributePrefix = "attribute.";

    private static readonly string[] Required = ["id", "title", "price", "currency"];

    private static readonly string[] Known = [.. Required, "description", "brand", "categories"];

    /// <summary>Reads all rows; throws <see cref="BodyFormatException"/>, which names what is
    /// wrong, where the header cannot be used or a row has no end.</summary>
    public static void Read(ReadOnlyMemory<byte> bytes, ImportRows rows)
    {
        MemoryMarshal.TryGetArray(bytes, out var array);
        CsvMalformedRecord? malformed = null;
        using var csv = CsvReader.Create(
            new MemoryStream(array.Array!, array.Offset, array.Count), new CsvReaderOptions
            {
                TrackLineNumbers = true,
                OnMalformedRecord = record => malformed = record,
            });
        try
        {
            csv.ReadHeader();
            string[] header = [.. csv.Headers];
            CheckHeader(header);
            while (csv.Read())
            {
                if (malformed is { } record && record.LineNumber == csv.LineNumber)
                    rows.Refuse(csv.LineNumber, null, "", Describe(record));
                else ReadRow(csv, header, rows);
            }
        }
        catch (CsvFormatException e)
        {
            throw new BodyFormatException($"The CSV cannot be read: {e.Message}", e);
        }
    }

    // A quote that is never closed makes one field of all that follows, so it is told by its start.
    private static string Describe(CsvMalformedRecord record) =>
        record.Reason == CsvMalformedReason.UnterminatedQuote
            ? "a quote is opened and never closed; all behind it was taken for its field."
            : "a quote stands inside a field.";

    private static void CheckHeader(string[] header)
    {
        foreach (var column in Required)
        {
            if (!header.Contains(column))
                throw new BodyFormatException($"The CSV's header lacks the column '{column}'.");
        }
        foreach (var column in header)
        {
            if (!Known.Contains(column)
                && !column.StartsWith(AttributePrefix, StringComparison.Ordinal))
            {
                throw new BodyFormatException($"The CSV's column '{column}' is not known; there " +
                    $"are {string.Join(", ", Known)} and {AttributePrefix}NAME.");
            }
        }
        if (header.Distinct(StringComparer.Ordinal).Count() < header.Length)
            throw new BodyFormatException("The CSV's header names a column twice.");
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
            if (csv.GetSpan(i) is not { IsEmpty: false } bytes) continue;
            if (!Utf8.IsValid(bytes))
            {
                rows.Refuse(line, null, header[i], "is not UTF-8; save the file as UTF-8.");
                return;
            }
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
