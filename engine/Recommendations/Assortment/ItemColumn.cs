namespace StreamCommerce.Engine.Recommendations.Assortment;

/// <summary>
/// A value an item, by the item's number. Kept in pieces that never move, so that a place is
/// written while the column grows and nothing is lost. Any thread.
/// </summary>
internal sealed class ItemColumn<T>
{
    private const int PieceBits = 12;
    private const int PieceMask = (1 << PieceBits) - 1;

    private readonly Lock _gate = new();
    private T[]?[] _pieces = new T[]?[16];

    /// <summary>The item's value; the default where none was set, or the number is negative.
    /// </summary>
    public T? this[int item]
    {
        get
        {
            var pieces = Volatile.Read(ref _pieces);
            var at = item >> PieceBits;
            return (uint)at < (uint)pieces.Length && pieces[at] is { } piece
                ? piece[item & PieceMask] : default;
        }
    }

    /// <summary>The item's place, made where there is none.</summary>
    /// <param name="item">A number from 0.</param>
    public ref T At(int item)
    {
        var pieces = Volatile.Read(ref _pieces);
        var at = item >> PieceBits;
        if (at >= pieces.Length || pieces[at] is not { } piece) piece = Make(at);
        return ref piece[item & PieceMask];
    }

    private T[] Make(int at)
    {
        lock (_gate)
        {
            var pieces = _pieces;
            if (at >= pieces.Length)
            {
                Array.Resize(ref pieces, Math.Max(at + 1, 2 * pieces.Length));
                Volatile.Write(ref _pieces, pieces);
            }
            if (pieces[at] is not { } piece)
            {
                piece = new T[1 << PieceBits];
                Volatile.Write(ref pieces[at], piece);
            }
            return piece;
        }
    }
}
