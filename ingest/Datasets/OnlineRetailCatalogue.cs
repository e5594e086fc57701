using System.Runtime.InteropServices;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>A product as a dataset tells of it.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its most frequent description, or its code where it never has one.</param>
/// <param name="Price">The price above zero of its latest sale; null where it has none.</param>
public sealed record DatasetProduct(Sku Sku, string Name, Money? Price);

/// <summary>
/// The catalogue that Online Retail's lines imply. An event's line has no name, so descriptions
/// come this way and not with the events.
/// </summary>
public static class OnlineRetailCatalogue
{
    // The published file has 4,070 products; each takes some hundred bytes and its descriptions.
    private const int ProductLimit = 1_000_000;
    private const int DescriptionLimit = 1_000;

    /// <summary>
    /// Every stock code of the file, ordinally sorted. Descriptions of sales go before those of
    /// write-offs ("damaged", "?"), and the earlier of two equally frequent ones is taken.
    /// </summary>
    /// <param name="input">The file, plain or gzip; closed at the end.</param>
    /// <exception cref="InvalidDataException">It is no Online Retail file.</exception>
    public static IReadOnlyList<DatasetProduct> Read(Stream input)
    {
        var pound = Currency.Of("GBP");
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        using var table = OnlineRetailLine.Open(DatasetStream.Open(input));
        while (table.Read())
        {
            if (table.Problem is not null
                || !table.TryText(OnlineRetailLine.StockCodeColumn, out var code)
                || !table.TryWhole(OnlineRetailLine.Quantity, out var quantity)
                || !table.TryDecimal(OnlineRetailLine.UnitPriceColumn, out var price))
            {
                continue;
            }
            if (!entries.TryGetValue(code, out var entry))
            {
                if (entries.Count == ProductLimit)
                    throw new InvalidDataException($"More than {ProductLimit} products.");
                entries.Add(code, entry = new Entry());
            }
            entry.Add(table.Text(OnlineRetailLine.Description).Trim(), quantity, price);
        }
        return [.. entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e =>
            new DatasetProduct(new Sku(e.Key), e.Value.BestName() ?? e.Key,
                e.Value.Price is { } price ? new Money(price, pound) : null))];
    }

    private sealed class Entry
    {
        private readonly Dictionary<string, int> _sold = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> _other = new(StringComparer.Ordinal);

        public decimal? Price { get; private set; }

        public void Add(string description, long quantity, decimal price)
        {
            var isSale = quantity > 0 && price is > 0 and <= EventRules.PriceLimit;
            if (isSale) Price = price;
            var counts = isSale ? _sold : _other;
            if (description.Length == 0) return;
            if (counts.Count < DescriptionLimit || counts.ContainsKey(description))
                CollectionsMarshal.GetValueRefOrAddDefault(counts, description, out _)++;
        }

        // A dictionary that nothing was removed from lists its keys as they came.
        public string? BestName()
        {
            var counts = _sold.Count > 0 ? _sold : _other;
            return counts.Keys.MaxBy(description => counts[description]);
        }
    }
}
