namespace StreamCommerce.Engine.Pipeline.State;

/// <summary>Arrays by a product's or a visitor's number, which grow as numbers are given.</summary>
internal static class Places
{
    private const int Smallest = 256;

    /// <summary>Makes room for a number; true where the array grew, at its end.</summary>
    public static bool Ensure<T>(ref T[] places, int number)
    {
        if (number < places.Length) return false;
        Array.Resize(ref places, Math.Max(2 * places.Length, Math.Max(Smallest, number + 1)));
        return true;
    }
}
