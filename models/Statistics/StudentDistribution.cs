namespace StreamCommerce.Models.Statistics;

/// <summary>Student's t distribution. Pure.</summary>
public static class StudentDistribution
{
    private const int StepLimit = 10_000;
    // Beyond so many degrees it is the normal distribution to ten digits.
    private const double NormalFrom = 1e8;
    private const double LogGammaHalf = 0.5723649429247001; // Γ(1/2) is the root of π.

    /// <summary>The probability of a value that is at least as far from 0, to either side: the
    /// regularized incomplete beta function at df / (df + t²) of df / 2 and 1/2 (Abramowitz and
    /// Stegun 26.7.1).</summary>
    /// <param name="t">The value; 1 comes of one that is not a number.</param>
    /// <param name="degrees">Degrees of freedom, above 0.</param>
    public static double TwoSidedP(double t, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        if (double.IsNaN(t)) return 1;
        if (double.IsInfinity(t)) return 0;
        return degrees > NormalFrom
            ? NormalDistribution.TwoSidedP(t)
            : IncompleteBeta(
                degrees / 2, degrees / (degrees + (t * t)), t * t / (degrees + (t * t)));
    }

    /// <summary>The value whose distance from 0 is exceeded, to either side, with the probability
    /// 1 − <paramref name="confidence"/>.</summary>
    /// <param name="confidence">Above 0, below 1.</param>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double TwoSidedQuantile(double confidence, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(confidence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(confidence, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        return Roots.Bisect(t => 1 - confidence - TwoSidedP(t, degrees), 0, 1e9);
    }

    /// <summary>I_x(a, 1/2), by its continued fraction (Abramowitz and Stegun 26.5.8) with the
    /// method of Lentz (1976) and Thompson and Barnett (1986).</summary>
    /// <param name="a">Above 0.</param>
    /// <param name="x">0 to 1.</param>
    /// <param name="y">1 − x, with the digits that the difference would lose.</param>
    private static double IncompleteBeta(double a, double x, double y)
    {
        const double b = 0.5;
        if (x <= 0) return 0;
        if (y <= 0) return 1;
        var logX = x < 0.5 ? Math.Log(x) : LogOneLess(y);
        var front = Math.Exp(LogGammaRatio(a) - LogGammaHalf + (a * logX) + (b * Math.Log(y)));
        // The fraction is quick on one side of the mean only; the other one mirrors it.
        return x < (a + 1) / (a + b + 2)
            ? front * Fraction(a, b, x) / a
            : 1 - (front * Fraction(b, a, y) / b);
    }

    /// <summary>log(1 − y): near 0 the difference loses digits, and the quotient the same ones
    /// (Kahan).</summary>
    private static double LogOneLess(double y)
    {
        var rest = 1 - y;
        return rest == 1 ? -y : Math.Log(rest) * -y / (rest - 1);
    }

    private static double Fraction(double a, double b, double x)
    {
        const double tiny = 1e-300;
        var c = 1.0;
        var d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        var sum = d;
        for (var m = 1; m <= StepLimit; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            sum *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            var step = d * c;
            sum *= step;
            if (Math.Abs(step - 1) < 1e-15) break;
        }
        return sum;

        static double NotZero(double value) => Math.Abs(value) < tiny ? tiny : value;
    }

    /// <summary>The logarithm of Γ(a + 1/2) / Γ(a): for large numbers by its series, as the
    /// difference of two large logarithms has few digits.</summary>
    private static double LogGammaRatio(double a) => a < 100
        ? LogGamma(a + 0.5) - LogGamma(a)
        : (0.5 * Math.Log(a)) - (1 / (8 * a)) + (1 / (192 * a * a * a));

    /// <summary>The logarithm of Γ(x) for x above 0: Stirling's series, after a step up where x is
    /// small (Abramowitz and Stegun 6.1.41).</summary>
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 10; x++) shift -= Math.Log(x);
        var square = 1 / (x * x);
        var series = (((((((-691.0 / 360_360 * square) + (1.0 / 1_188)) * square)
            - (1.0 / 1_680)) * square) + (1.0 / 1_260)) * square) - (1.0 / 360);
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI))
            + (((series * square) + (1.0 / 12)) / x);
    }
}
