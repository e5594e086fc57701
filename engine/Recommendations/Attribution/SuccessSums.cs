using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Models.Statistics;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>What credited purchases came to in one currency.</summary>
/// <param name="Amount">The exact sum.</param>
/// <param name="SumOfSquares">Of the single purchases, or of each visitor's sum.</param>
public readonly record struct CreditedRevenue(decimal Amount, double SumOfSquares)
{
    public static CreditedRevenue operator +(CreditedRevenue left, CreditedRevenue right) =>
        new(left.Amount + right.Amount, left.SumOfSquares + right.SumOfSquares);

    /// <summary>The moments over so many units, most of which bought nothing.</summary>
    public Moments Over(long units) => new(units, (double)Amount, SumOfSquares);
}

/// <summary>Sums of one source, or of one arm. Owned by one thread.</summary>
public sealed class SuccessSums
{
    /// <summary>Products shown, each once an answer.</summary>
    public long Impressions { get; set; }

    /// <summary>Of those, clicked on, each once.</summary>
    public long Clicks { get; set; }

    /// <summary>Of those, bought within the window, each once.</summary>
    public long Conversions { get; set; }

    /// <summary>Visitors with a conversion; of arms only.</summary>
    public long Buyers { get; set; }

    /// <summary>Each visitor's impressions and clicks; of arms only.</summary>
    public RatioMoments ByVisitor { get; set; }

    /// <summary>By currency. Squares are of single purchases for a source, of visitors' sums for
    /// an arm.</summary>
    public Dictionary<Currency, CreditedRevenue> Revenue { get; } = [];

    /// <summary>Adds another one's sums.</summary>
    public void Add(SuccessSums other)
    {
        Impressions += other.Impressions;
        Clicks += other.Clicks;
        Conversions += other.Conversions;
        Buyers += other.Buyers;
        ByVisitor += other.ByVisitor;
        foreach (var (currency, revenue) in other.Revenue) AddRevenue(currency, revenue);
    }

    internal void AddRevenue(Currency currency, CreditedRevenue part)
    {
        var sum = Revenue.GetValueOrDefault(currency) + part;
        // What a late click took over may have been all.
        if (sum.Amount == 0) Revenue.Remove(currency);
        else Revenue[currency] = sum;
    }

    internal void Save(StateWriter output)
    {
        output.WriteNumber((ulong)Impressions);
        output.WriteNumber((ulong)Clicks);
        output.WriteNumber((ulong)Conversions);
        output.WriteNumber((ulong)Buyers);
        output.WriteNumber((ulong)ByVisitor.Count);
        output.WriteDouble(ByVisitor.SumX);
        output.WriteDouble(ByVisitor.SumY);
        output.WriteDouble(ByVisitor.SumXX);
        output.WriteDouble(ByVisitor.SumXY);
        output.WriteDouble(ByVisitor.SumYY);
        output.WriteCount(Revenue.Count);
        foreach (var (currency, (amount, squares)) in Revenue)
        {
            output.WriteText(currency.Code);
            output.WriteDecimal(amount);
            output.WriteDouble(squares);
        }
    }

    internal static SuccessSums Load(StateReader input)
    {
        var sums = new SuccessSums
        {
            Impressions = (long)input.ReadNumber(),
            Clicks = (long)input.ReadNumber(),
            Conversions = (long)input.ReadNumber(),
            Buyers = (long)input.ReadNumber(),
            ByVisitor = new((long)input.ReadNumber(), input.ReadDouble(), input.ReadDouble(),
                input.ReadDouble(), input.ReadDouble(), input.ReadDouble()),
        };
        for (var left = input.ReadCount(); left > 0; left--)
        {
            sums.Revenue[Currency.Of(input.ReadText())] =
                new(input.ReadDecimal(), input.ReadDouble());
        }
        return sums;
    }
}
