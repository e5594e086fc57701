using System.Runtime.InteropServices;

namespace StreamCommerce.Models.Retrieval;

/// <summary>
/// A query in seven bits a dimension, and what that loses. Seven, since two products with an
/// item's unsigned bytes are added in 16 bits: 2 · 255 · 63 &lt; 2¹⁵.
/// </summary>
internal readonly ref struct QuantizedQuery
{
    private const int Highest = 63;

    private readonly ReadOnlySpan<int> _groups;

    /// <param name="query">Finite.</param>
    /// <param name="groups">Space for the codes, four signed bytes each; kept.</param>
    public QuantizedQuery(ReadOnlySpan<float> query, Span<int> groups)
    {
        var largest = 0.0;
        foreach (var number in query) largest = Math.Max(largest, Math.Abs(number));
        Length = ItemFactors.LengthOf(query);
        // In double precision the scale of the smallest number is not 0.
        Scale = largest > 0 ? largest / Highest : 1;
        groups.Clear();
        _groups = groups;
        var codes = MemoryMarshal.Cast<int, sbyte>(groups);
        var lost = 0.0;
        for (var i = 0; i < query.Length; i++)
        {
            codes[i] = (sbyte)Math.Round(query[i] / Scale);
            var error = query[i] - (codes[i] * Scale);
            lost += error * error;
            Offset += codes[i] * CodeBlocks.Zero;
        }
        Loss = Math.Sqrt(lost);
    }

    /// <summary>The codes, four dimensions each.</summary>
    public ReadOnlySpan<int> Groups => _groups;

    /// <summary>Euclidean length of the query.</summary>
    public double Length { get; }

    /// <summary>What a code's unit is worth.</summary>
    public double Scale { get; }

    /// <summary>Euclidean distance between the query and its codes.</summary>
    public double Loss { get; }

    /// <summary>What the items' zero point adds to every inner product of codes.</summary>
    public int Offset { get; }
}
