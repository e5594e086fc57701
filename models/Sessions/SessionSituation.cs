namespace StreamCommerce.Models.Sessions;

/// <summary>
/// What makes voters worth more or less: how many different items the session has, how much is
/// known of what follows its last one (an item with few followers needs the neighbours), and
/// whether its last click repeated the one before (who did it once does it again).
/// </summary>
internal static class SessionSituation
{
    /// <summary>Situations there are, numbered from 0.</summary>
    public const int Count = Lengths * Evidences * 2;

    private const int Lengths = 4;
    private const int Evidences = 3;

    /// <param name="items">Different items of the session.</param>
    /// <param name="followers">Clicks that followed its last item.</param>
    /// <param name="isRepeat">Whether the last two clicks were of one item.</param>
    public static int Of(int items, double followers, bool isRepeat)
    {
        var length = Math.Clamp(items, 1, Lengths) - 1;
        var evidence = followers < 10 ? 0 : followers < 100 ? 1 : 2;
        return (((length * Evidences) + evidence) * 2) + (isRepeat ? 1 : 0);
    }

    /// <summary>The number of different items of a situation; the highest stands for more.
    /// </summary>
    public static int ItemsOf(int situation) => 1 + (situation / (2 * Evidences));
}
