using System.Net;
using StreamCommerce.Tests.Api.Hosting;

namespace StreamCommerce.Tests.Api.Checkout;

/// <summary>Short words for tests that buy over HTTP.</summary>
internal static class Checkouts
{
    /// <summary>Buys units of a product; more of the body comes before its lines.</summary>
    public static Task<Answer> BuyAsync(
        this ServiceFixture service, string key, string product, string token = "tok_visa",
        int quantity = 2, string more = "") =>
        service.PostAsync("/v1/checkout", $$"""
            {"visitorId":"{{key}}","currency":"EUR","payment":{"token":"{{token}}"},{{more}}
             "lines":[{"productId":"{{product}}","quantity":{{quantity}}}]}
            """, headers: ("Idempotency-Key", key));

    /// <summary>Buys, and gives the id of the order.</summary>
    public static async Task<string> BuyIdAsync(
        this ServiceFixture service, string key, string product, string more = "") =>
        (await service.BuyAsync(key, product, more: more)).MustBe(HttpStatusCode.Created)["id"]!;

    /// <summary>Does something with an order.</summary>
    public static Task<Answer> DoAsync(
        this ServiceFixture service, string order, string action, string key,
        string body = "{}") =>
        service.PostAsync(
            $"/v1/orders/{order}/{action}", body, headers: ("Idempotency-Key", key));

    public static async Task<string> AvailableAsync(this ServiceFixture service, string product) =>
        (await service.GetAsync($"/v1/stock/{product}"))["available"]!;
}
