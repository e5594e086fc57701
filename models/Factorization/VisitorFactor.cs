using System.Numerics.Tensors;
using StreamCommerce.Models.Ranking;

namespace StreamCommerce.Models.Factorization;

/// <summary>
/// A visitor's factor that follows each interaction: the factorized normal equations are changed
/// by a rank-one update for what comes and a downdate for what falls out of the last ones.
/// <para>What every interaction changes in all equations at once, the scale of λ, moves their
/// diagonal D by a few thousandths, and no update of low rank can follow it. So the factorization
/// stays at the D that it was made with, and the solution is corrected by the series
/// x = Σ (−A⁻¹ ΔD)^k A⁻¹ b, a few more solves; when D has moved by more than a thirty-second, it is
/// factorized anew. The result is that of <see cref="FoldIn"/> within rounding.</para>
/// It takes dimensions² numbers a visitor: meant for sessions that are watched closely, while
/// <see cref="FoldIn"/> needs nothing but their interactions. One thread at a time.
/// </summary>
public sealed class VisitorFactor
{
    // The series gains at least one and a half digits a term then.
    private const float DriftLimit = 1f / 32;
    private const int TermLimit = 8;
    private const float Tolerance = 1e-6f;

    // Rounding of the updates adds up; to factorize anew this rarely costs nothing.
    private const int UpdateLimit = 256;

    private readonly FoldInSystem _system;
    private readonly HistoryEntry[] _entries;
    private readonly float[] _factorized;
    private readonly float[] _factorizedBase;
    private readonly float[] _base;
    private readonly float[] _goal;
    private readonly float[] _row;
    private readonly float[] _term;
    private readonly float[] _solution;
    private int _updates;

    /// <param name="foldIn">The model's equations.</param>
    /// <param name="interactionLimit">Interactions that count, the last ones; 1 or more.</param>
    public VisitorFactor(FoldIn foldIn, int interactionLimit = 50)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interactionLimit, 1);
        _system = foldIn.System;
        _entries = new HistoryEntry[interactionLimit];
        var width = _system.Width;
        _factorized = new float[width * width];
        (_factorizedBase, _base) = (new float[width], new float[width]);
        (_goal, _row) = (new float[width], new float[width]);
        (_term, _solution) = (new float[width], new float[width]);
    }

    /// <summary>Interactions that count now.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an interaction; the oldest one goes where there are too many. One that
    /// <see cref="FoldIn"/> would pass over changes nothing.</summary>
    public void Add(HistoryEntry entry)
    {
        if (!FoldInSystem.IsKnown(entry, _system.ItemCount)) return;
        HistoryEntry? oldest = null;
        if (Count == _entries.Length)
        {
            oldest = _entries[0];
            _entries.AsSpan(1).CopyTo(_entries);
            Count--;
        }
        _entries[Count++] = entry;
        WriteBase();
        if (Count == 1 || ++_updates > UpdateLimit || HasDrifted())
        {
            Factorize();
            return;
        }
        // What comes before what goes: the matrix is never smaller than it will be.
        var isSound = Change(entry, 1);
        if (oldest is { } gone) isSound = isSound && Change(gone, -1);
        if (!isSound) Factorize();
    }

    /// <summary>Writes the factor; zeros before the first interaction.</summary>
    public void CopyTo(Span<float> factor)
    {
        if (Count == 0)
        {
            factor.Clear();
            return;
        }
        _goal.CopyTo(_solution, 0);
        Cholesky.Solve(_factorized, _solution);
        _solution.CopyTo(_term, 0);
        var enough = Tolerance * TensorPrimitives.MaxMagnitude<float>(_solution);
        TensorPrimitives.Subtract(_factorizedBase, _base, _row);
        for (var i = 0; i < TermLimit; i++)
        {
            TensorPrimitives.Multiply(_term, _row, _term);
            Cholesky.Solve(_factorized, _term);
            TensorPrimitives.Add(_solution, _term, _solution);
            if (!(Math.Abs(TensorPrimitives.MaxMagnitude<float>(_term)) > Math.Abs(enough))) break;
        }
        _system.WriteFactor(_solution, factor);
    }

    private void WriteBase()
    {
        var total = 0.0;
        foreach (var entry in _entries.AsSpan(0, Count)) total += entry.Weight;
        _system.WriteBase(total, _base);
    }

    private bool HasDrifted()
    {
        TensorPrimitives.Divide(_base, _factorizedBase, _term);
        return !(TensorPrimitives.Max<float>(_term) < 1 + DriftLimit)
            || !(TensorPrimitives.Min<float>(_term) > 1 - DriftLimit);
    }

    private bool Change(HistoryEntry entry, float sign)
    {
        var root = MathF.Sqrt(entry.Weight);
        _system.WriteRow(entry.Item, default, root, _row);
        TensorPrimitives.MultiplyAdd(_row, sign * root, _goal, _goal);
        return Cholesky.Update(_factorized, _row, sign);
    }

    private void Factorize()
    {
        Array.Clear(_factorized);
        Array.Clear(_goal);
        for (var i = 0; i < _base.Length; i++) _factorized[(i * _base.Length) + i] = _base[i];
        foreach (var entry in _entries.AsSpan(0, Count))
        {
            var root = MathF.Sqrt(entry.Weight);
            _system.WriteRow(entry.Item, default, root, _row);
            DenseKernels.AddOuterProducts(_row, 1, _base.Length, _factorized);
            TensorPrimitives.MultiplyAdd(_row, root, _goal, _goal);
        }
        Cholesky.Factorize(_factorized, _base.Length);
        _base.CopyTo(_factorizedBase, 0);
        _updates = 0;
    }
}
