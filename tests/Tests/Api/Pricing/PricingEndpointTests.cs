using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Pricing;

public sealed class PricingEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Path = "/v1/pricing";

    [Fact]
    public async Task A_book_is_read_as_it_was_put_and_replaced_by_its_version_only()
    {
        var first = await service.PutAsync(Path,
            """{"taxes":[{"area":"DE","rate":19,"included":true}]}""");
        var read = await service.GetAsync(Path);
        var tag = read.Headers["ETag"];
        var second = await service.PutAsync(Path, "{}", ("If-Match", tag));
        var third = await service.PutAsync(Path, "{}", ("If-Match", tag));

        first.MustBe(HttpStatusCode.OK);
        Assert.Equal("19", read.MustBe(HttpStatusCode.OK)["taxes.0.rate"]);
        second.MustBe(HttpStatusCode.OK);
        Assert.Equal("\"0\"", second.Headers["ETag"]);
        third.MustBeProblem(HttpStatusCode.PreconditionFailed, "version-mismatch");
    }

    [Theory]
    [InlineData("""{"promotions":[{"id":"a","kind":"percentage","percent":500}]}""",
        "/promotions/0/percent")]
    [InlineData("""{"promotions":[{"id":"a","kind":"percentage","percent":5,"x":1}]}""",
        "/promotions/0/x")]
    [InlineData("""{"promotions":[{"id":"a","kind":"other"}]}""", "/promotions/0/kind")]
    public async Task What_is_wrong_in_a_book_is_named_and_changes_nothing(
        string body, string field)
    {
        var before = (await service.GetAsync(Path)).Text;

        var answer = await service.PutAsync(Path, body);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(field, answer["errors.0.field"]);
        Assert.Equal(before, (await service.GetAsync(Path)).Text);
    }
}
