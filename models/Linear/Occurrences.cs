using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Linear;

/// <summary>Where each item occurs: in whose history, and at which place.</summary>
internal sealed class Occurrences
{
    private readonly int[] _starts;
    private readonly (int User, int At)[] _places;

    private Occurrences(int[] starts, (int User, int At)[] places) =>
        (_starts, _places) = (starts, places);

    /// <summary>An item's places, by user and time.</summary>
    public ReadOnlySpan<(int User, int At)> Of(int item) =>
        _places.AsSpan(_starts[item], _starts[item + 1] - _starts[item]);

    public int CountOf(int item) => _starts[item + 1] - _starts[item];

    /// <summary>A power of each item's number of places; 0 for an item without any.</summary>
    public float[] Powers(double exponent)
    {
        var powers = new float[_starts.Length - 1];
        for (var item = 0; item < powers.Length; item++)
            powers[item] = CountOf(item) == 0 ? 0 : (float)Math.Pow(CountOf(item), exponent);
        return powers;
    }

    public static Occurrences Of(Histories histories)
    {
        var starts = new int[histories.ItemCount + 1];
        foreach (var entry in histories.Entries) starts[entry.Item + 1]++;
        for (var item = 0; item < histories.ItemCount; item++) starts[item + 1] += starts[item];
        var next = starts[..^1];
        var places = new (int, int)[histories.EntryCount];
        for (var user = 0; user < histories.UserCount; user++)
        {
            var entries = histories[user];
            for (var at = 0; at < entries.Length; at++)
                places[next[entries[at].Item]++] = (user, at);
        }
        return new(starts, places);
    }
}
