using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>The cart of a session: products in the order of their adding, each once.</summary>
internal sealed class SessionCart(ShopperRun run, List<CartLine> lines)
{
    public List<CartLine> Lines { get; } = lines;

    public bool IsEmpty => Lines.Count == 0;

    /// <summary>
    /// The cart as it was last looked at: from the beginning of a checkout to the purchase, its
    /// prices stand, also when a flash sale ends between.
    /// </summary>
    public EventLine[] LastQuote { get; private set; } = [];

    /// <summary>The cart at today's prices.</summary>
    public EventLine[] Quote()
    {
        var quote = new EventLine[Lines.Count];
        for (var i = 0; i < quote.Length; i++)
            quote[i] = run.Line(Lines[i].Product, Lines[i].Quantity);
        return LastQuote = quote;
    }

    /// <summary>Adds units, and says which.</summary>
    public EventLine Add(int product, int quantity)
    {
        var at = Lines.FindIndex(line => line.Product == product);
        if (at < 0) Lines.Add(new CartLine(product, quantity));
        else Lines[at] = new CartLine(product, Lines[at].Quantity + quantity);
        return run.Line(product, quantity);
    }

    /// <summary>Takes one product out, whichever. The cart must not be empty.</summary>
    public EventLine RemoveAny()
    {
        var at = run.Random.Below(Lines.Count);
        var line = Lines[at];
        Lines.RemoveAt(at);
        return run.Line(line.Product, line.Quantity);
    }

    public void Clear() => Lines.Clear();
}
