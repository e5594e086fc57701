using Microsoft.Data.Sqlite;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>
/// The tables, as numbered steps from one version to the next. A step that has been released is
/// never changed. Amounts are decimal text, exact; times are ticks (100 ns) in UTC.
/// </summary>
internal static partial class Schema
{
    private static readonly string[] Steps =
        [Step1, Step2Stock + OrderStep2 + WebhookStep2 + CouponStep2 + BundleStep2,
        Step3 + CartStep3];

    /// <summary>The version that this program reads and writes.</summary>
    public static int Version => Steps.Length;

    internal const string Step1 = """
        CREATE TABLE product (
            sku TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            description TEXT,
            brand TEXT,
            price TEXT NOT NULL,
            currency TEXT NOT NULL,
            attributes TEXT,
            version INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE product_category (
            category TEXT NOT NULL,
            sku TEXT NOT NULL REFERENCES product (sku),
            PRIMARY KEY (category, sku)
        ) WITHOUT ROWID;
        CREATE INDEX category_by_product ON product_category (sku);

        CREATE TABLE stock_share (
            sku TEXT NOT NULL,
            region TEXT NOT NULL,
            bucket INTEGER NOT NULL,
            available INTEGER NOT NULL CHECK (available >= 0),
            reserved INTEGER NOT NULL CHECK (reserved >= 0),
            version INTEGER NOT NULL,
            PRIMARY KEY (sku, region, bucket)
        ) WITHOUT ROWID;

        CREATE TABLE stock_movement (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            operation TEXT NOT NULL,
            kind INTEGER NOT NULL,
            sku TEXT NOT NULL,
            region TEXT NOT NULL,
            bucket INTEGER NOT NULL,
            available_delta INTEGER NOT NULL,
            reserved_delta INTEGER NOT NULL,
            reason TEXT,
            at INTEGER NOT NULL
        );
        -- Only adjustments are looked up by their operation; a reservation's state already says
        -- which of its movements were made.
        CREATE UNIQUE INDEX adjustment_once ON stock_movement (operation) WHERE kind <= 2;

        CREATE TABLE reservation (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            state INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        );
        CREATE INDEX reservation_due ON reservation (expires_at, id) WHERE state = 1;

        CREATE TABLE reservation_line (
            reservation INTEGER NOT NULL REFERENCES reservation (number),
            line INTEGER NOT NULL,
            sku TEXT NOT NULL,
            region TEXT NOT NULL,
            bucket INTEGER NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (reservation, line)
        ) WITHOUT ROWID;

        CREATE TABLE cart (
            id TEXT PRIMARY KEY,
            visitor TEXT NOT NULL,
            version INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE cart_line (
            cart TEXT NOT NULL REFERENCES cart (id),
            sku TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (cart, sku)
        ) WITHOUT ROWID;

        CREATE TABLE cart_operation (
            cart TEXT NOT NULL REFERENCES cart (id),
            operation TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (cart, operation)
        ) WITHOUT ROWID;
        CREATE INDEX cart_operation_age ON cart_operation (at);

        CREATE TABLE shop_order (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            state INTEGER NOT NULL,
            visitor TEXT NOT NULL,
            customer TEXT,
            session TEXT,
            region TEXT,
            channel TEXT,
            reservation TEXT NOT NULL,
            total TEXT NOT NULL,
            currency TEXT NOT NULL,
            placed_at INTEGER NOT NULL
        );

        CREATE TABLE order_line (
            shop_order INTEGER NOT NULL REFERENCES shop_order (number),
            line INTEGER NOT NULL,
            sku TEXT NOT NULL,
            title TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            unit_price TEXT NOT NULL,
            total TEXT NOT NULL,
            PRIMARY KEY (shop_order, line)
        ) WITHOUT ROWID;

        CREATE TABLE checkout_key (
            caller TEXT NOT NULL,
            idempotency_key TEXT NOT NULL,
            request_hash INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            shop_order TEXT,
            refusal TEXT,
            PRIMARY KEY (caller, idempotency_key)
        ) WITHOUT ROWID;
        CREATE INDEX checkout_key_age ON checkout_key (started_at);

        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            event BLOB NOT NULL
        );
        """;

    private const string WebhookStep2 = """
        CREATE TABLE webhook (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            gateway TEXT NOT NULL,
            event TEXT NOT NULL,
            received_at INTEGER NOT NULL,
            body BLOB NOT NULL,
            state INTEGER NOT NULL,
            tries INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            UNIQUE (gateway, event)
        );
        CREATE INDEX webhook_age ON webhook (received_at);
        CREATE INDEX webhook_due ON webhook (due_at, number) WHERE state = 1;
        """;

    // Counts beside the uses: a code that a million orders used is counted in one look-up. The
    // count over all customers has the empty customer.
    private const string CouponStep2 = """
        CREATE TABLE coupon_use (
            promotion TEXT NOT NULL,
            shop_order TEXT NOT NULL,
            customer TEXT,
            PRIMARY KEY (promotion, shop_order)
        ) WITHOUT ROWID;

        CREATE TABLE coupon_count (
            promotion TEXT NOT NULL,
            customer TEXT NOT NULL,
            uses INTEGER NOT NULL CHECK (uses >= 0),
            PRIMARY KEY (promotion, customer)
        ) WITHOUT ROWID;
        """;

    // The index holds bundles only: they are all looked at when a product becomes one.
    private const string BundleStep2 = """
        ALTER TABLE product ADD COLUMN components TEXT;
        CREATE INDEX product_bundle ON product (sku) WHERE components IS NOT NULL;
        """;

    // When a product came is known of those that were never changed.
    private const string Step3 = """
        ALTER TABLE product ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0;
        UPDATE product SET added_at = updated_at WHERE version = 1;
        """;

    // For a visitor that is forgotten; a cart's visitor never changes, so changes cost nothing.
    private const string CartStep3 = "CREATE INDEX cart_by_visitor ON cart (visitor);";

    /// <summary>
    /// Brings a database to <see cref="Version"/>, all steps or none. Throws
    /// <see cref="StoreUnavailableException"/> where it is of a newer program.
    /// </summary>
    public static void Migrate(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = ReadVersion(connection);
        if (version > Version)
        {
            throw new StoreUnavailableException(
                $"{path} has schema version {version}; this program knows up to {Version}. " +
                "Run the program that wrote it, or a newer one.");
        }
        if (version < Version) AddStockFunctions(connection);
        for (; version < Version; version++) Execute(connection, Steps[version]);
        // PRAGMA takes no parameters; the number is this program's own.
        Execute(connection, $"PRAGMA user_version = {Version}");
        transaction.Commit();
    }

    private static int ReadVersion(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return (int)(long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant text and a number of this class only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
