using System.Numerics;

namespace StreamCommerce.Models.Retrieval;

/// <summary>The shapes of all cells, number by number, to be looked at many at a time.</summary>
internal sealed class CellShapeTable
{
    private readonly float[] _least;
    private readonly float[] _most;
    private readonly float[] _aside;
    private readonly float[] _longest;
    private readonly int _count;

    /// <param name="starts">Each cell's first block, and where the last one's end.</param>
    /// <param name="blocks">The blocks' shapes.</param>
    /// <param name="paddedCount">Cells with those that are none.</param>
    public CellShapeTable(int[] starts, CellShape[] blocks, int paddedCount)
    {
        _count = starts.Length - 1;
        (_least, _most) = (new float[paddedCount], new float[paddedCount]);
        (_aside, _longest) = (new float[paddedCount], new float[paddedCount]);
        for (var cell = 0; cell < _count; cell++)
        {
            if (starts[cell] == starts[cell + 1]) continue;
            var shape = blocks.AsSpan(starts[cell]..starts[cell + 1])
                .ToArray().Aggregate((left, right) => left.With(right));
            (_least[cell], _most[cell]) = (shape.Least, shape.Most);
            (_aside[cell], _longest[cell]) = (shape.Aside, shape.Longest);
        }
    }

    /// <summary>What each cell's items score at most; negative infinity behind the last.</summary>
    public void Reach(CellReach reach, ReadOnlySpan<float> along, Span<float> reaches)
    {
        for (var at = 0; at < reaches.Length; at += Vector<float>.Count)
        {
            reach.Of(new Vector<float>(_least, at), new(_most, at), new(_aside, at),
                new(_longest, at), new(along[at..])).CopyTo(reaches[at..]);
        }
        reaches[_count..].Fill(float.NegativeInfinity);
    }
}
