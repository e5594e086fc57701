using System.Globalization;
using System.Text.Json;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Products, and which categories they are in.</summary>
internal sealed class ProductTable(SqliteSession session) : IProductRows
{
    private const string Columns =
        "p.sku, title, description, brand, price, currency, attributes, version, updated_at, " +
        "components, added_at";

    private const string BareColumns =
        "p.sku, title, NULL, brand, price, currency, attributes, version, updated_at, " +
        "components, added_at";

    private readonly Lazy<Statement> _find = session.Prepare(
        $"SELECT {Columns} FROM product p WHERE sku = ?");
    private readonly Lazy<Statement> _list = session.Prepare(
        $"SELECT {Columns} FROM product p WHERE sku > ? ORDER BY sku LIMIT ?");
    private readonly Lazy<Statement> _listCategory = session.Prepare(
        $"SELECT {Columns} FROM product_category c JOIN product p ON p.sku = c.sku " +
        "WHERE c.category = ? AND c.sku > ? ORDER BY c.sku LIMIT ?");
    private readonly Lazy<Statement> _sweep = session.Prepare(
        $"SELECT {BareColumns} FROM product p WHERE sku > ? ORDER BY sku LIMIT ?");
    private readonly Lazy<Statement> _sweepCategories = session.Prepare(
        "SELECT sku, category FROM product_category INDEXED BY category_by_product " +
        "WHERE sku > ? ORDER BY sku, category");
    private readonly Lazy<Statement> _put = session.Prepare(
        "INSERT INTO product (sku, title, description, brand, price, currency, attributes, " +
        "version, updated_at, components, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) " +
        "ON CONFLICT (sku) DO UPDATE SET title = excluded.title, " +
        "description = excluded.description, brand = excluded.brand, price = excluded.price, " +
        "currency = excluded.currency, attributes = excluded.attributes, " +
        "version = excluded.version, updated_at = excluded.updated_at, " +
        "components = excluded.components");
    private readonly Lazy<Statement> _isComponent = session.Prepare(
        "SELECT 1 FROM product p, json_each(p.components) part " +
        "WHERE p.components IS NOT NULL AND part.value ->> 'sku' = ? LIMIT 1");
    private readonly Lazy<Statement> _findCategories = session.Prepare(
        "SELECT category FROM product_category WHERE sku = ? ORDER BY category");
    private readonly Lazy<Statement> _clearCategories = session.Prepare(
        "DELETE FROM product_category WHERE sku = ?");
    private readonly Lazy<Statement> _addCategory = session.Prepare(
        "INSERT INTO product_category (category, sku) VALUES (?, ?)");

    public Product? Find(Sku sku)
    {
        Product? product = null;
        using (var rows = _find.Value.With(sku.Value).Query())
            if (rows.Next()) product = Read(rows);
        return product is null ? null : WithCategories(product);
    }

    public IReadOnlyList<Product> List(ProductQuery query)
    {
        var after = query.After?.Value ?? "";
        var statement = query.Category is { } category
            ? _listCategory.Value.With(category).With(after).With(query.Limit)
            : _list.Value.With(after).With(query.Limit);
        var products = new List<Product>();
        using (var rows = statement.Query())
            while (rows.Next()) products.Add(Read(rows));
        for (var i = 0; i < products.Count; i++) products[i] = WithCategories(products[i]);
        return products;
    }

    public IReadOnlyList<Product> Sweep(Sku? after, int limit)
    {
        var from = after?.Value ?? "";
        var products = new List<Product>();
        using var rows = _sweep.Value.With(from).With(limit).Query();
        // Both are in the order of the skus: one walk along both instead of a look-up a product.
        using var categories = _sweepCategories.Value.With(from).Query();
        var names = new List<string>();
        var isMore = categories.Next();
        while (rows.Next())
        {
            names.Clear();
            for (; isMore && categories.Blob(0).SequenceEqual(rows.Blob(0));
                isMore = categories.Next()) names.Add(categories.Text(1));
            products.Add(Read(rows, names.Count == 0 ? [] : names.ToArray()));
        }
        return products;
    }

    public bool IsComponent(Sku sku)
    {
        using var rows = _isComponent.Value.With(sku.Value).Query();
        return rows.Next();
    }

    public void Put(Product product)
    {
        _put.Value.With(product.Sku.Value).With(product.Title).With(product.Description)
            .With(product.Brand).With(Amounts.Text(product.Price.Amount))
            .With(product.Price.Currency.Code).With(AttributesText(product))
            .With(product.Version).With(product.UpdatedAt).With(ComponentsText(product))
            .With(product.AddedAt).Run();
        _clearCategories.Value.With(product.Sku.Value).Run();
        foreach (var category in product.Categories)
            _addCategory.Value.With(category).With(product.Sku.Value).Run();
    }

    private static string? AttributesText(Product product) => product.Attributes.Count == 0
        ? null
        : JsonSerializer.Serialize(
            product.Attributes, StoredJson.Default.IReadOnlyDictionaryStringString);

    private static string? ComponentsText(Product product) => product.Components.Count == 0
        ? null
        : JsonSerializer.Serialize(
            product.Components, StoredJson.Default.IReadOnlyListComponent);

    private static Product Read(Statement.Rows rows, IReadOnlyList<string>? categories = null)
    {
        var product = new Product
        {
            Sku = new(rows.Text(0)),
            Title = rows.Text(1),
            Description = rows.TextOrNull(2),
            Brand = rows.TextOrNull(3),
            Categories = categories ?? [],
            Price = Amounts.Read(rows, 4, 5),
            Version = rows.Long(7),
            UpdatedAt = rows.Time(8),
            AddedAt = rows.Time(10),
        };
        if (!rows.IsNull(9))
        {
            product = product with
            {
                Components = JsonSerializer.Deserialize(
                    rows.Blob(9), StoredJson.Default.IReadOnlyListComponent)!,
            };
        }
        return rows.IsNull(6) ? product : product with
        {
            Attributes = JsonSerializer.Deserialize(
                rows.Blob(6), StoredJson.Default.IReadOnlyDictionaryStringString)!,
        };
    }

    private Product WithCategories(Product product)
    {
        List<string>? categories = null;
        using var rows = _findCategories.Value.With(product.Sku.Value).Query();
        while (rows.Next()) (categories ??= []).Add(rows.Text(0));
        return categories is null ? product : product with { Categories = categories };
    }
}

/// <summary>Decimal amounts as text, exact, with their scale.</summary>
internal static class Amounts
{
    public static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);

    public static decimal Read(Statement.Rows rows, int column) => decimal.Parse(
        rows.Blob(column), NumberStyles.Number, CultureInfo.InvariantCulture);

    public static Money Read(Statement.Rows rows, int amount, int currency) =>
        new(Read(rows, amount), Currency.Of(rows.Text(currency)));
}
