using System.Globalization;
using System.Net;
using System.Text;
using Xunit;

namespace StreamCommerce.Tests.Api.Hosting;

public sealed class CreatedJsonTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task A_new_order_comes_in_one_piece_with_its_length()
    {
        await service.PutProductAsync("cafe", units: 5);

        var order = await service.PostAsync("/v1/checkout",
            """
            {"visitorId":"v","currency":"EUR","payment":{"token":"tok_visa"},
             "lines":[{"productId":"cafe","quantity":1}]}
            """,
            headers: ("Idempotency-Key", "piece"));

        order.MustBe(HttpStatusCode.Created);
        Assert.Equal("application/json", order.MediaType);
        Assert.DoesNotContain("Transfer-Encoding", order.Headers.Keys);
        Assert.Equal(
            Encoding.UTF8.GetByteCount(order.Text).ToString(CultureInfo.InvariantCulture),
            order.Headers["Content-Length"]);
    }
}
