using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Datasets;

/// <summary>
/// The REES46 multi-category store log (<c>event_time,event_type,product_id,category_id,
/// category_code,brand,price,user_id,user_session</c>): a row is an event of one product and one
/// unit, in US dollars; brand and category code become the parameters <c>item_brand</c> and
/// <c>item_category</c>, GA4's names.
/// </summary>
/// <remarks>
/// The file has no ids. An event's is a hash of its row, with a number behind it for rows that
/// occur twice, so that it is the same when the file is read again or was cut at another line. The
/// file has no order ids either and sells one product a row: each purchase row is an order of its
/// own, named by its session and its event. Rows must come in the order of time, as in the
/// published files; only rows of the current second are remembered.
/// </remarks>
internal sealed class MultiCategoryReader
{
    private const int EventTime = 0;
    private const int EventType = 1;
    private const int ProductId = 2;
    private const int CategoryId = 3;
    private const int CategoryCode = 4;
    private const int Brand = 5;
    private const int Price = 6;
    private const int UserId = 7;
    private const int UserSession = 8;

    // Some hundred times the busiest second of the published files.
    private const int RowsOfSecondLimit = 100_000;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd HH:mm:ss 'UTC'"];
    private static readonly Currency Dollar = Currency.Of("USD");

    private readonly RepeatCounter<UInt128> _repeats = new();
    private readonly XxHash128 _hash = new();
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    public static IEnumerable<DatasetRow> Read(Stream text) => new MultiCategoryReader().Rows(text);

    private IEnumerable<DatasetRow> Rows(Stream text)
    {
        using var table = new TableReader(text, ',', quotes: true,
            "event_time", "event_type", "product_id", "category_id", "category_code", "brand",
            "price", "user_id", "user_session");
        while (table.Read())
        {
            yield return TryRead(table) is { } e
                ? DatasetRow.Good(table.Line, e)
                : DatasetRow.Bad(table.Line, table.Problem!);
        }
    }

    private CommerceEvent? TryRead(TableReader table)
    {
        decimal price = 0;
        if (table.Problem is not null
            || !table.TryTime(EventTime, TimeFormats, out var time)
            || !TryName(table, out var name)
            || !table.TryText(ProductId, out var product)
            || !table.TryOptionalText(CategoryCode, out var category)
            || !table.TryOptionalText(Brand, out var brand)
            || !(table.IsEmpty(Price) || table.TryPrice(Price, out price))
            || !table.TryText(UserId, out var user)
            || !table.TryOptionalText(UserSession, out var session)
            || !CheckOrder(table, time))
        {
            return null;
        }
        var id = MakeId(table, time);
        Money? unitPrice = table.IsEmpty(Price) ? null : new Money(price, Dollar);
        return new()
        {
            Id = new EventId(id),
            Source = "/dataset/multi-category",
            Name = name,
            Time = time,
            Visitor = new VisitorId(user),
            Session = session is null ? null : new SessionId(session),
            Order = name != EventName.Purchase ? null
                : new OrderId(session is null ? id : $"{session}/{id}"),
            Channel = "web",
            Lines = [new(new Sku(product), 1, unitPrice)],
            Parameters = MakeParameters(brand, category),
        };
    }

    private static bool TryName(TableReader table, out EventName name)
    {
        var type = table.Bytes(EventType);
        name = type.SequenceEqual("view"u8) ? EventName.ViewItem
            : type.SequenceEqual("cart"u8) ? EventName.AddToCart
            : type.SequenceEqual("remove_from_cart"u8) ? EventName.RemoveFromCart
            : type.SequenceEqual("purchase"u8) ? EventName.Purchase
            : default;
        return name != default || table.RefuseValue(
            EventType, "is none of view, cart, remove_from_cart and purchase");
    }

    private bool CheckOrder(TableReader table, DateTimeOffset time)
    {
        if (time < _last)
            return table.RefuseValue(EventTime, "is earlier than a row above; sort the file by it");
        if (time == _last && _repeats.Count == RowsOfSecondLimit)
            return table.Refuse($"More than {RowsOfSecondLimit} rows have this time.");
        _last = time;
        return true;
    }

    private string MakeId(TableReader table, DateTimeOffset time)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        for (var column = EventTime; column <= UserSession; column++)
        {
            // The length before the bytes: else two rows could differ only in where a field ends.
            BinaryPrimitives.WriteInt32LittleEndian(length, table.Bytes(column).Length);
            _hash.Append(length);
            _hash.Append(table.Bytes(column));
        }
        var row = _hash.GetCurrentHashAsUInt128();
        _hash.Reset();
        var number = _repeats.Next(time, row);
        return number == 1
            ? row.ToString("x32", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{row:x32}/{number}");
    }

    private static Dictionary<string, string>? MakeParameters(string? brand, string? category)
    {
        if (brand is null && category is null) return null;
        var parameters = new Dictionary<string, string>(2, StringComparer.Ordinal);
        if (brand is not null) parameters["item_brand"] = brand;
        if (category is not null) parameters["item_category"] = category;
        return parameters;
    }
}
