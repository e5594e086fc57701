namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// Draws an index by weight in constant time (Walker 1977, tables built as by Vose 1991), so that
/// a catalogue of 100,000 products costs no more than one of 200. Immutable.
/// </summary>
internal sealed class AliasTable
{
    private readonly float[] _keep;
    private readonly int[] _alias;

    /// <param name="weights">At least one; none negative, not all zero.</param>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        var count = weights.Length;
        _keep = new float[count];
        _alias = new int[count];
        var sum = 0.0;
        foreach (var weight in weights) sum += weight;

        var scaled = new double[count];
        var poor = new Stack<int>();
        var rich = new Stack<int>();
        for (var i = 0; i < count; i++)
        {
            scaled[i] = weights[i] * count / sum;
            (scaled[i] < 1 ? poor : rich).Push(i);
        }
        while (poor.Count > 0 && rich.Count > 0)
        {
            var less = poor.Pop();
            var more = rich.Pop();
            _keep[less] = (float)scaled[less];
            _alias[less] = more;
            scaled[more] -= 1 - scaled[less];
            (scaled[more] < 1 ? poor : rich).Push(more);
        }
        // What is left differs from 1 only by rounding.
        foreach (var i in poor.Concat(rich))
        {
            _keep[i] = 1;
            _alias[i] = i;
        }
    }

    public int Draw(SeededRandom random)
    {
        var at = random.NextDouble() * _keep.Length;
        var i = (int)at;
        return at - i < _keep[i] ? i : _alias[i];
    }
}
