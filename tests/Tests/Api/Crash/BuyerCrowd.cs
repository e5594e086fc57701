using System.Globalization;

namespace StreamCommerce.Tests.Api.Crash;

/// <summary>
/// Buyers at once who order, and sometimes cancel, are refunded, or send back what was shipped,
/// with all cards that a bank may have trouble with.
/// </summary>
/// <param name="ledger">Sends, and keeps the answers.</param>
/// <param name="seed">Of what they want.</param>
internal sealed class BuyerCrowd(BuyerLedger ledger, int seed)
{
    /// <summary>What is sold; <see cref="Bundle"/> besides.</summary>
    public static readonly string[] Products = ["apple", "pear", "plum", "hot"];

    /// <summary>Two apples and a plum.</summary>
    public const string Bundle = "basket";

    private static readonly string[] Cards =
    [
        "tok_visa", "tok_visa", "tok_visa", "tok_visa", "tok_visa", "tok_visa", "tok_visa",
        "tok_visa", "tok_mastercard", "tok_visa", "tok_chargeDeclined",
        "tok_chargeDeclinedInsufficientFunds", "tok_slow", "tok_lostAnswer", "tok_lostCapture",
        "tok_lostRefund", "tok_lostRequest", "tok_visa", "tok_visa", "tok_visa",
    ];

    /// <summary>Orders until it is told to stop; what was begun is brought to its end, except
    /// for some whose buyers hang up and ask again days later.</summary>
    public Task RunAsync(int buyers, CancellationToken stop, CancellationToken ct) =>
        Task.WhenAll(Enumerable.Range(0, buyers).Select(i => Task.Run(
            () => RunOneAsync(i, new Random(seed * 1_000 + i), stop, ct), ct)));

    private async Task RunOneAsync(
        int buyer, Random random, CancellationToken stop, CancellationToken ct)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var visitor = string.Create(CultureInfo.InvariantCulture, $"b{buyer}-{n}");
            var entry = new BuyerEntry(visitor, Wish(visitor, random));
            ledger.Entries.Enqueue(entry);
            if (!await ledger.TryAsync(entry.Checkout, ct))
            {
                // Some ask again only when all is over.
                if (random.Next(4) == 0) continue;
                await ledger.SendAsync(entry.Checkout, ct);
            }
            if (entry.Order is { } order) await FollowUpAsync(entry, order, random, ct);
        }
    }

    private async Task FollowUpAsync(
        BuyerEntry entry, string order, Random random, CancellationToken ct)
    {
        string[] actions = random.Next(20) switch
        {
            0 or 1 => ["cancel"],
            2 => ["refunds"],
            3 => ["shipments", "returns"],
            4 => ["shipments"],
            _ => [],
        };
        foreach (var action in actions)
        {
            var body = action == "refunds" ? """{"amount":{"amount":1,"currency":"EUR"}}""" : "{}";
            var request = new BuyerRequest($"v1/orders/{order}/{action}", action, body);
            entry.Actions.Enqueue(request);
            await ledger.SendAsync(request, ct);
        }
    }

    private static BuyerRequest Wish(string visitor, Random random)
    {
        var lines = Enumerable.Range(0, random.Next(1, 3))
            .Select(_ => random.Next(Products.Length + 1))
            .Distinct()
            .Select(i => i == Products.Length ? Bundle : Products[i])
            .Select(product => string.Create(CultureInfo.InvariantCulture,
                $$$"""{"productId":"{{{product}}}","quantity":{{{random.Next(1, 4)}}} }"""));
        var capture = random.Next(5) == 0 ? "onShipment" : "now";
        return new("v1/checkout", visitor, $$"""
            {"visitorId":"{{visitor}}","currency":"EUR",
             "lines":[{{string.Join(',', lines)}}],
             "payment":{"token":"{{Cards[random.Next(Cards.Length)]}}","capture":"{{capture}}"}
            }
            """);
    }
}
