namespace StreamCommerce.Engine.Storage.Sqlite;

/// <remarks>
/// The part of orders: two documents an order, and columns for what is searched by. What is open
/// (payments, reviews) is a short partial index.
/// </remarks>
internal static partial class Schema
{
    // A moment in ticks as JSON writes it: seconds since 1970, and seven digits of the rest.
    private const string PlacedAtText =
        "strftime('%Y-%m-%dT%H:%M:%S', o.placed_at / 10000000 - 62135596800, 'unixepoch') " +
        "|| printf('.%07dZ', o.placed_at % 10000000)";

    private const string OrderStep2 = $"""
        ALTER TABLE shop_order RENAME TO shop_order_1;
        ALTER TABLE order_line RENAME TO order_line_1;
        CREATE TABLE shop_order (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            state INTEGER NOT NULL,
            version INTEGER NOT NULL,
            customer TEXT,
            placed_at INTEGER,
            due_at INTEGER,
            terms TEXT NOT NULL,
            progress TEXT NOT NULL
        );
        CREATE INDEX order_open ON shop_order (number) WHERE due_at IS NOT NULL;
        CREATE INDEX order_by_customer ON shop_order (customer, number)
            WHERE customer IS NOT NULL;
        -- Amounts are JSON numbers in the very digits of their text.
        INSERT INTO shop_order
            SELECT o.number, o.id, o.state, 1, o.customer, o.placed_at, NULL,
                json_object('visitor', o.visitor, 'customer', o.customer,
                    'session', o.session, 'region', o.region, 'channel', o.channel,
                    'reservation', o.reservation, 'stockRegion', json_object('value', 'home'),
                    'quote', json_object('currency', o.currency, 'lines', (
                        SELECT json_group_array(json_object('sku', l.sku, 'title', l.title,
                            'quantity', l.quantity, 'unitPrice', json(l.unit_price),
                            'subtotal', json(l.total), 'total', json(l.total)))
                        FROM (SELECT * FROM order_line_1 WHERE shop_order = o.number
                            ORDER BY line) l),
                        'subtotal', json(o.total), 'total', json(o.total)),
                    'heldUntil', {PlacedAtText}, 'startedAt', {PlacedAtText}),
                json_object('payments', json('[]'), 'actions', json('[]'),
                    'shipsFrom', json('[]'), 'placedAt', {PlacedAtText},
                    'answeredState', 'Placed')
            FROM shop_order_1 o ORDER BY o.number;
        DROP TABLE order_line_1;
        DROP TABLE shop_order_1;

        """;
}
