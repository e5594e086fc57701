using System.Buffers;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Storage.Sqlite;

/// <summary>
/// The lines of a movement or a reservation as one column: a line is some twenty bytes, and a
/// row for each would cost more than all the rest of an operation.
/// </summary>
/// <remarks>
/// Form 1, by which the column begins: the number of lines; then each line's flags and share, and
/// its numbers where the flags say that there are any. A later form gets the next number, and
/// this one stays readable. One thread at a time.
/// </remarks>
internal sealed class StockLineCodec(TextPool texts)
{
    private const byte Form = 1;

    [Flags]
    private enum Parts : byte
    {
        Region = 1,
        Warehouse = 2,
        Backordered = 4,
        Released = 8,
        Untracked = 16,
    }

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>The column of a movement; valid until the next call.</summary>
    public ReadOnlySpan<byte> WriteMovement(IReadOnlyList<MovementLine> lines)
    {
        var writer = Begin(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            var parts = line.BackorderedDelta == 0 ? 0 : Parts.Backordered;
            WriteKey(ref writer, line.Share, parts);
            writer.Number(Zigzag(line.AvailableDelta));
            writer.Number(Zigzag(line.ReservedDelta));
            if (line.BackorderedDelta != 0) writer.Number(Zigzag(line.BackorderedDelta));
        }
        writer.Finish();
        return _buffer.WrittenSpan;
    }

    /// <summary>The column of a reservation; valid until the next call.</summary>
    public ReadOnlySpan<byte> WriteReserved(IReadOnlyList<ReservedLine> lines)
    {
        var writer = Begin(lines.Count);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            var parts = (line.Backordered == 0 ? 0 : Parts.Backordered)
                | (line.Released == 0 ? 0 : Parts.Released)
                | (line.IsUntracked ? Parts.Untracked : 0);
            WriteKey(ref writer, line.Share, parts);
            writer.Number((ulong)line.Quantity);
            if (line.Backordered != 0) writer.Number((ulong)line.Backordered);
            if (line.Released != 0) writer.Number((ulong)line.Released);
        }
        writer.Finish();
        return _buffer.WrittenSpan;
    }

    /// <summary>Reads a movement's column.</summary>
    public MovementLine[] ReadMovement(ReadOnlySpan<byte> column)
    {
        var reader = Open(column, out var count);
        var lines = new MovementLine[count];
        for (var i = 0; i < count; i++)
        {
            var key = ReadKey(ref reader, out var parts);
            lines[i] = new(key, Zagzig(reader.Number()), Zagzig(reader.Number()),
                parts.HasFlag(Parts.Backordered) ? Zagzig(reader.Number()) : 0);
        }
        return lines;
    }

    /// <summary>Reads a reservation's column.</summary>
    public ReservedLine[] ReadReserved(ReadOnlySpan<byte> column)
    {
        var reader = Open(column, out var count);
        var lines = new ReservedLine[count];
        for (var i = 0; i < count; i++)
        {
            var key = ReadKey(ref reader, out var parts);
            lines[i] = new(key, (int)reader.Number32())
            {
                Backordered = parts.HasFlag(Parts.Backordered) ? (int)reader.Number32() : 0,
                Released = parts.HasFlag(Parts.Released) ? (int)reader.Number32() : 0,
                IsUntracked = parts.HasFlag(Parts.Untracked),
            };
        }
        return lines;
    }

    private SpanWriter Begin(int count)
    {
        _buffer.ResetWrittenCount();
        var writer = new SpanWriter(_buffer);
        writer.Byte(Form);
        writer.Number((ulong)count);
        return writer;
    }

    private static SpanReader Open(ReadOnlySpan<byte> column, out int count)
    {
        var reader = new SpanReader(column);
        var form = reader.Byte();
        if (form != Form) throw new FormatException($"Lines of stock in the unknown form {form}.");
        count = reader.Count(5);
        return reader;
    }

    private static void WriteKey(ref SpanWriter writer, ShareKey key, Parts parts)
    {
        // Most shops have one region and one warehouse.
        if (key.Region != StockRegion.Home) parts |= Parts.Region;
        if (key.Warehouse != WarehouseId.Main) parts |= Parts.Warehouse;
        writer.Byte((byte)parts);
        writer.Text(key.Sku.Value);
        if (parts.HasFlag(Parts.Region)) writer.Text(key.Region.Value);
        if (parts.HasFlag(Parts.Warehouse)) writer.Text(key.Warehouse.Value);
        writer.Number((ulong)key.Bucket);
    }

    private ShareKey ReadKey(ref SpanReader reader, out Parts parts)
    {
        parts = (Parts)reader.Byte();
        var sku = new Sku(texts.Get(reader.Text()));
        var region = parts.HasFlag(Parts.Region)
            ? new StockRegion(texts.Get(reader.Text())) : StockRegion.Home;
        WarehouseId warehouse = parts.HasFlag(Parts.Warehouse)
            ? new(texts.Get(reader.Text())) : WarehouseId.Main;
        return new(sku, region, (int)reader.Number32(), warehouse);
    }

    private static ulong Zigzag(long number) => (ulong)(number << 1) ^ (ulong)(number >> 63);

    private static long Zagzig(ulong number) => (long)(number >> 1) ^ -(long)(number & 1);
}
