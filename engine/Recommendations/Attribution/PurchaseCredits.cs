using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Recommendations.Attribution;

/// <summary>A click, to be credited with a purchase of its product.</summary>
/// <param name="Ticks">When, in UTC ticks.</param>
/// <param name="Product">The product's number in the partition.</param>
/// <param name="Answer">The key of the answer that was clicked on.</param>
/// <param name="ArmSet">The number of the answer's arms in <see cref="ArmSets"/>.</param>
/// <param name="Source">Who proposed the product.</param>
/// <param name="IsCounted">Whether its impression is known; before that nothing is credited.
/// </param>
internal readonly record struct ClickTrace(
    long Ticks, int Product, ulong Answer, int ArmSet, RecommendationSource Source,
    bool IsCounted);

/// <summary>A line of a purchase.</summary>
/// <param name="Ticks">When, in UTC ticks.</param>
/// <param name="Product">The product's number in the partition.</param>
/// <param name="Paid">For all of its units; null where nobody said.</param>
internal readonly record struct PurchaseTrace(long Ticks, int Product, Money? Paid);

/// <summary>A purchase, and the click that it is credited to.</summary>
internal readonly record struct PurchaseCredit(ClickTrace Click, PurchaseTrace Purchase);

/// <summary>What an event changes in what is credited.</summary>
internal readonly record struct CreditChanges(
    IReadOnlyList<PurchaseCredit> Revoked, IReadOnlyList<PurchaseCredit> Granted);

/// <summary>
/// A visitor's last clicks and purchases, and which purchase is credited to which click: from the
/// earliest on, each one to the last click on its product, within the window before it, that no
/// earlier purchase has. That depends on when things happened, not on when their events came: a
/// purchase that overtakes its click is credited when the click comes, and a click that comes late
/// may take over what an earlier one was credited with.
/// </summary>
/// <remarks>Bounded: where there is no place, what came first goes. A click and the purchase that
/// is credited to it go together, which changes nothing for all others.</remarks>
internal sealed class PurchaseCredits
{
    /// <summary>Clicks that wait for a purchase.</summary>
    public const int ClickLimit = 16;

    /// <summary>Lines of purchases that wait for a click: those of the last order or two.</summary>
    public const int PurchaseLimit = 16;

    // Exactly as long as they are full: a million of these wait for a next click.
    private ClickTrace[] _clicks = [];
    private PurchaseTrace[] _purchases = [];

    /// <summary>How many things are kept.</summary>
    public int Count => _clicks.Length + _purchases.Length;

    /// <summary>Takes a click, whose impression may be known or not.</summary>
    public CreditChanges Add(in ClickTrace click)
    {
        if (_clicks.Length == ClickLimit) Drop(click: 0, PurchaseOf(0));
        var before = CreditsOf(click.Product);
        _clicks = [.. _clicks, click];
        return ChangesOf(click.Product, before);
    }

    /// <summary>Takes a line of a purchase.</summary>
    public CreditChanges Add(in PurchaseTrace purchase)
    {
        if (_purchases.Length == PurchaseLimit) Drop(ClickOf(0), purchase: 0);
        var before = CreditsOf(purchase.Product);
        _purchases = [.. _purchases, purchase];
        return ChangesOf(purchase.Product, before);
    }

    /// <summary>Lets a click count, now that its impression is known. Where it had no place any
    /// more, nothing will be credited to it.</summary>
    public CreditChanges CountClick(ulong answer, int product)
    {
        var at = Array.FindIndex(
            _clicks, click => click.Answer == answer && click.Product == product);
        if (at < 0) return new([], []);
        var before = CreditsOf(product);
        _clicks[at] = _clicks[at] with { IsCounted = true };
        return ChangesOf(product, before);
    }

    public void Save(StateWriter output, ArmSets sets)
    {
        output.WriteCount(_clicks.Length);
        foreach (var click in _clicks)
        {
            output.WriteSigned(click.Ticks);
            output.WriteProduct(click.Product);
            output.WriteUInt64(click.Answer);
            sets.Save(output, click.ArmSet);
            output.WriteCount((int)click.Source);
            output.WriteCount(click.IsCounted ? 1 : 0);
        }
        output.WriteCount(_purchases.Length);
        foreach (var (ticks, product, paid) in _purchases)
        {
            output.WriteSigned(ticks);
            output.WriteProduct(product);
            output.WriteText(paid?.Currency.Code ?? "");
            output.WriteDecimal(paid?.Amount ?? 0);
        }
    }

    public static PurchaseCredits Load(StateReader input, ArmSets sets)
    {
        var clicks = new List<ClickTrace>();
        for (var left = input.ReadCount(); left > 0; left--)
        {
            var click = new ClickTrace(input.ReadSigned(), input.ReadProduct(),
                input.ReadUInt64(), sets.Load(input), (RecommendationSource)input.ReadCount(),
                input.ReadCount() == 1);
            // A limit of products that was lowered leaves some without a place.
            if (click.Product >= 0) clicks.Add(click);
        }
        var purchases = new List<PurchaseTrace>();
        for (var left = input.ReadCount(); left > 0; left--)
        {
            var (ticks, product) = (input.ReadSigned(), input.ReadProduct());
            var (currency, amount) = (input.ReadText(), input.ReadDecimal());
            if (product < 0) continue;
            purchases.Add(new(
                ticks, product, currency.Length > 0 ? new(amount, Currency.Of(currency)) : null));
        }
        return new() { _clicks = [.. clicks], _purchases = [.. purchases] };
    }

    private CreditChanges ChangesOf(int product, PurchaseCredit[] before)
    {
        var after = CreditsOf(product);
        // A click is there once, and so is a credit.
        return before.Length + after.Length == 0 ? new([], [])
            : new([.. before.Except(after)], [.. after.Except(before)]);
    }

    // Most who buy have not clicked.
    private PurchaseCredit[] CreditsOf(int product) =>
        _clicks.Length == 0 || _purchases.Length == 0 ? [] : [.. PairsOf(product)
            .Select(pair => new PurchaseCredit(_clicks[pair.Click], _purchases[pair.Purchase]))];

    private int PurchaseOf(int click) => PairsOf(_clicks[click].Product)
        .Where(pair => pair.Click == click).Select(pair => pair.Purchase).FirstOrDefault(-1);

    private int ClickOf(int purchase) => PairsOf(_purchases[purchase].Product)
        .Where(pair => pair.Purchase == purchase).Select(pair => pair.Click).FirstOrDefault(-1);

    private List<(int Click, int Purchase)> PairsOf(int product)
    {
        var pairs = new List<(int Click, int Purchase)>();
        var purchases = Enumerable.Range(0, _purchases.Length)
            .Where(at => _purchases[at].Product == product)
            .OrderBy(at => _purchases[at].Ticks);
        foreach (var purchase in purchases)
        {
            if (LastClick(product, _purchases[purchase].Ticks, pairs) is var click and >= 0)
                pairs.Add((click, purchase));
        }
        return pairs;
    }

    private int LastClick(int product, long ticks, List<(int Click, int Purchase)> taken)
    {
        var last = -1;
        for (var at = 0; at < _clicks.Length; at++)
        {
            ref readonly var click = ref _clicks[at];
            if (click.Product != product || !click.IsCounted || click.Ticks > ticks
                || click.Ticks < ticks - RecommendationMetricsProjection.ConversionWindow.Ticks)
                continue;
            if (last >= 0 && click.Ticks < _clicks[last].Ticks) continue;
            if (!taken.Exists(pair => pair.Click == at)) last = at;
        }
        return last;
    }

    private void Drop(int click, int purchase)
    {
        if (click >= 0) _clicks = Without(_clicks, click);
        if (purchase >= 0) _purchases = Without(_purchases, purchase);
    }

    private static T[] Without<T>(T[] all, int at) =>
        [.. all.AsSpan(0, at), .. all.AsSpan(at + 1)];
}
