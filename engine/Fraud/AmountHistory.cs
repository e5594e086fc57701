namespace StreamCommerce.Engine.Fraud;

/// <summary>
/// Mean and deviation of the amounts that an account is used to, in two numbers and a count
/// (Welford 1962). From <see cref="Memory"/> amounts on, older ones fade, so that a habit may
/// change.
/// </summary>
internal struct AmountHistory
{
    /// <summary>Amounts after which older ones fade.</summary>
    public const int Memory = 100;

    /// <summary>Amounts before which there is no habit to speak of.</summary>
    public const int Minimum = 5;

    /// <summary>Amounts learned, at most <see cref="Memory"/>.</summary>
    public int Count { get; private set; }

    public double Mean { get; private set; }

    private double _variance;

    /// <summary>Not below a twentieth of the mean: who always pays 9.99 may pay 10.99.</summary>
    public readonly double Deviation => Math.Max(Math.Sqrt(_variance), 0.05 * Mean);

    public readonly bool IsHabit => Count >= Minimum && Mean > 0;

    public void Learn(double amount)
    {
        Count = Math.Min(Count + 1, Memory);
        var share = 1.0 / Count;
        var difference = amount - Mean;
        Mean += share * difference;
        _variance = (1 - share) * (_variance + (share * difference * difference));
    }
}
