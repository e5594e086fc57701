using System.Globalization;
using System.Text;

namespace StreamCommerce.Tests.Ingest.Datasets;

/// <summary>
/// The sums of an Online Retail file straight from its lines, by other code than the product's.
/// </summary>
internal sealed class RawOnlineRetail
{
    private readonly Dictionary<string, List<DateTime>> _times = [];
    private readonly Dictionary<string, int> _lineCounts = [];
    private readonly HashSet<string> _skus = [];
    private readonly HashSet<string> _customers = [];

    public RawOnlineRetail(string file)
    {
        foreach (var line in DatasetFiles.RawLines(file)) Add(Split(line));
    }

    public int BadRows { get; private set; }

    public int Lines { get; private set; }

    public SortedDictionary<string, decimal> RevenueByMonth { get; } = [];

    public SortedDictionary<string, decimal> RevenueByRegion { get; } = [];

    public SortedDictionary<string, decimal> RefundsByMonth { get; } = [];

    public SortedDictionary<string, decimal> RefundsByRegion { get; } = [];

    public int Orders => _lineCounts.Keys.Count(invoice => invoice[0] != 'C');

    public int RefundOrders => _lineCounts.Keys.Count(invoice => invoice[0] == 'C');

    public int PurchaseEvents => Parts(refunds: false);

    public int RefundEvents => Parts(refunds: true);

    public int Products => _skus.Count;

    public int Customers => _customers.Count;

    public int Visitors => _times.Count;

    public int Sessions => _times.Values.Sum(times => 1 + times.Order()
        .Zip(times.Order().Skip(1)).Count(pair => (pair.Second - pair.First).TotalMinutes > 30));

    private int Parts(bool refunds) => _lineCounts
        .Where(invoice => invoice.Key[0] == 'C' == refunds)
        .Sum(invoice => (int)Math.Ceiling(invoice.Value / 200.0));

    private void Add(string[] f)
    {
        var (invoice, sku, quantity) = (f[0], f[1], int.Parse(f[3], CultureInfo.InvariantCulture));
        var price = decimal.Parse(f[5], CultureInfo.InvariantCulture);
        var isRefund = invoice[0] == 'C';
        if (isRefund != quantity < 0 || quantity == 0 || price < 0)
        {
            BadRows++;
            return;
        }
        Lines++;
        _skus.Add(sku);
        if (f[6].Length > 0) _customers.Add(f[6]);
        var amount = Math.Abs(quantity) * price;
        Sum(isRefund ? RefundsByMonth : RevenueByMonth, f[4][..7], amount);
        Sum(isRefund ? RefundsByRegion : RevenueByRegion, f[7], amount);
        var seen = _lineCounts.GetValueOrDefault(invoice);
        _lineCounts[invoice] = seen + 1;
        if (seen > 0) return;
        var visitor = f[6].Length > 0 ? "customer " + f[6] : "invoice " + invoice;
        if (!_times.TryGetValue(visitor, out var times)) _times.Add(visitor, times = []);
        times.Add(DateTime.Parse(f[4], CultureInfo.InvariantCulture));
    }

    private static void Sum(SortedDictionary<string, decimal> sums, string key, decimal amount) =>
        sums[key] = sums.GetValueOrDefault(key) + amount;

    private static string[] Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }
        return [.. fields, field.ToString()];
    }
}
