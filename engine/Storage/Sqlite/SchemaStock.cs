using Microsoft.Data.Sqlite;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <remarks>
/// The part of stock: one row an operation and a reservation instead of one a line, and a
/// warehouse and backorders in the shares.
/// </remarks>
internal static partial class Schema
{
    /// <summary>
    /// Kinds of movements that have one operation each, as <see cref="StockMovement.IsOnce"/>;
    /// the same words in the index and in its queries, or SQLite does not use it. Not IN, for which
    /// SQLite makes a temporary table with each movement that is inserted.
    /// </summary>
    internal const string OnceKinds =
        "(kind = 1 OR kind = 2 OR kind = 7 OR kind = 8 OR kind = 10)";

    private const string Step2Stock = $"""
        ALTER TABLE stock_share RENAME TO stock_share_1;
        CREATE TABLE stock_share (
            sku TEXT NOT NULL,
            region TEXT NOT NULL,
            warehouse TEXT NOT NULL,
            bucket INTEGER NOT NULL,
            available INTEGER NOT NULL CHECK (available >= 0),
            reserved INTEGER NOT NULL CHECK (reserved >= 0),
            backordered INTEGER NOT NULL CHECK (backordered >= 0),
            version INTEGER NOT NULL,
            PRIMARY KEY (sku, region, warehouse, bucket)
        ) WITHOUT ROWID;
        INSERT INTO stock_share
            SELECT sku, region, '', bucket, available, reserved, 0, version FROM stock_share_1;
        DROP TABLE stock_share_1;

        DROP INDEX adjustment_once;
        ALTER TABLE stock_movement RENAME TO stock_movement_1;
        -- Nothing is ever deleted from it, so the numbers grow without AUTOINCREMENT.
        CREATE TABLE stock_movement (
            number INTEGER PRIMARY KEY,
            operation TEXT NOT NULL,
            kind INTEGER NOT NULL,
            lines BLOB NOT NULL,
            reason TEXT,
            at INTEGER NOT NULL
        );
        INSERT INTO stock_movement
            SELECT number, operation, kind,
                stock_movement_line(sku, region, bucket, available_delta, reserved_delta),
                reason, at
            FROM stock_movement_1 ORDER BY number;
        DROP TABLE stock_movement_1;
        CREATE UNIQUE INDEX movement_once ON stock_movement (operation) WHERE {OnceKinds};

        DROP INDEX reservation_due;
        ALTER TABLE reservation RENAME TO reservation_1;
        ALTER TABLE reservation_line RENAME TO reservation_line_1;
        CREATE TABLE reservation (
            id TEXT PRIMARY KEY,
            state INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            lines BLOB NOT NULL
        ) WITHOUT ROWID;
        INSERT INTO reservation
            SELECT id, state, expires_at, (
                SELECT stock_reserved_lines(line, sku, region, bucket, quantity)
                FROM reservation_line_1 WHERE reservation = number)
            FROM reservation_1 ORDER BY id;
        CREATE INDEX reservation_due ON reservation (expires_at, id) WHERE state = 1;
        DROP TABLE reservation_line_1;
        DROP TABLE reservation_1;

        -- Who waits for units that were sold before they were there, the first first.
        CREATE TABLE stock_waiting (
            number INTEGER PRIMARY KEY,
            sku TEXT NOT NULL,
            region TEXT NOT NULL,
            reservation TEXT NOT NULL
        );
        CREATE INDEX stock_waiting_line ON stock_waiting (sku, region, number);
        CREATE INDEX stock_waiting_reservation ON stock_waiting (reservation);

        CREATE TABLE stock_policy (
            sku TEXT PRIMARY KEY,
            policy TEXT NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE warehouse (
            region TEXT NOT NULL,
            id TEXT NOT NULL,
            priority INTEGER NOT NULL,
            PRIMARY KEY (region, id)
        ) WITHOUT ROWID;

        CREATE TABLE stock_transfer (
            id TEXT PRIMARY KEY,
            route BLOB NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            state INTEGER NOT NULL,
            sent_at INTEGER NOT NULL,
            reason TEXT
        ) WITHOUT ROWID;
        """;

    /// <summary>The functions that step 2 makes columns of lines with.</summary>
    private static void AddStockFunctions(SqliteConnection connection)
    {
        var codec = new StockLineCodec(new TextPool());
        connection.CreateFunction(
            "stock_movement_line",
            (string sku, string region, int bucket, long available, long reserved) =>
            {
                var key = new ShareKey(new(sku), new(region), bucket);
                return codec.WriteMovement([new(key, available, reserved)]).ToArray();
            });
        connection.CreateAggregate<
            int, string, string, int, int, SortedDictionary<int, ReservedLine>?, byte[]>(
            "stock_reserved_lines",
            null,
            (lines, line, sku, region, bucket, quantity) =>
            {
                // The seed is the same for every reservation, so the collection is made here.
                lines ??= [];
                lines[line] = new(new(new(sku), new(region), bucket), quantity);
                return lines;
            },
            lines => codec.WriteReserved(lines is null ? [] : [.. lines.Values]).ToArray());
    }
}
