using StreamCommerce.Engine.Pricing;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>Which orders use which promotion, and how many do.</summary>
internal sealed class CouponTable(SqliteSession session) : ICouponRows
{
    // The customer of the count over all customers; ids are never empty.
    private const string Everybody = "";

    private readonly Lazy<Statement> _count = session.Prepare(
        "SELECT uses FROM coupon_count WHERE promotion = ? AND customer = ?");
    private readonly Lazy<Statement> _find = session.Prepare(
        "SELECT customer FROM coupon_use WHERE promotion = ? AND shop_order = ?");
    private readonly Lazy<Statement> _add = session.Prepare(
        "INSERT INTO coupon_use (promotion, shop_order, customer) VALUES (?, ?, ?) " +
        "ON CONFLICT DO NOTHING");
    private readonly Lazy<Statement> _remove = session.Prepare(
        "DELETE FROM coupon_use WHERE promotion = ? AND shop_order = ?");
    private readonly Lazy<Statement> _raise = session.Prepare(
        "INSERT INTO coupon_count (promotion, customer, uses) VALUES (?, ?, 1) " +
        "ON CONFLICT (promotion, customer) DO UPDATE SET uses = uses + 1");
    private readonly Lazy<Statement> _lower = session.Prepare(
        "UPDATE coupon_count SET uses = uses - 1 WHERE promotion = ? AND customer = ?");

    public CouponCount Count(string promotion, CustomerId? customer) => new(
        promotion, Read(promotion, Everybody),
        customer is { } one ? Read(promotion, one.Value) : 0);

    public bool IsRedeemed(string promotion, OrderId order)
    {
        using var rows = _find.Value.With(promotion).With(order.Value).Query();
        return rows.Next();
    }

    public void Redeem(string promotion, CustomerId? customer, OrderId order)
    {
        _add.Value.With(promotion).With(order.Value).With(customer?.Value).Run();
        if (session.ChangedRows > 0) Change(_raise.Value, promotion, customer?.Value);
    }

    public void GiveBack(string promotion, OrderId order)
    {
        string? customer;
        using (var rows = _find.Value.With(promotion).With(order.Value).Query())
        {
            if (!rows.Next()) return;
            customer = rows.TextOrNull(0);
        }
        _remove.Value.With(promotion).With(order.Value).Run();
        Change(_lower.Value, promotion, customer);
    }

    private long Read(string promotion, string customer)
    {
        using var rows = _count.Value.With(promotion).With(customer).Query();
        return rows.Next() ? rows.Long(0) : 0;
    }

    private static void Change(Statement change, string promotion, string? customer)
    {
        change.With(promotion).With(Everybody).Run();
        if (customer is not null) change.With(promotion).With(customer).Run();
    }
}
