using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Recommendations;

public sealed class MerchandisingEndpointTests(ServiceFixture service)
    : IClassFixture<ServiceFixture>
{
    private const string Path = "/v1/merchandising";

    [Fact]
    public async Task A_plan_is_read_as_it_was_put_and_replaced_by_its_version_only()
    {
        var first = await service.PutAsync(Path,
            """{"boosts":[{"categories":["tea"],"factor":1.5}]}""");
        var read = await service.GetAsync(Path);
        var tag = read.Headers["ETag"];
        var second = await service.PutAsync(Path, "{}", ("If-Match", tag));
        var third = await service.PutAsync(Path, "{}", ("If-Match", tag));

        first.MustBe(HttpStatusCode.OK);
        Assert.Equal("1.5", read.MustBe(HttpStatusCode.OK)["boosts.0.factor"]);
        second.MustBe(HttpStatusCode.OK);
        Assert.Equal("\"0\"", second.Headers["ETag"]);
        third.MustBeProblem(HttpStatusCode.PreconditionFailed, "version-mismatch");
    }

    [Fact]
    public async Task What_is_wrong_in_a_plan_is_named_and_changes_nothing()
    {
        var before = (await service.GetAsync(Path)).Text;

        var answer = await service.PutAsync(Path,
            """{"pins":[{"sku":"a","position":51}]}""");

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal("/pins/0/position", answer["errors.0.field"]);
        Assert.Equal(before, (await service.GetAsync(Path)).Text);
    }
}
