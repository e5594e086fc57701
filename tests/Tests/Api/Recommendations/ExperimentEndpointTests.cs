using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Recommendations;

public sealed class ExperimentEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Path = "/v1/experiments";

    [Fact]
    public async Task Experiments_are_read_as_they_were_put_and_replaced_by_their_version_only()
    {
        var first = await service.PutAsync(Path, """
            {"experiments":[{"name":"variety","arms":[
              {"name":"control","share":50},
              {"name":"more","share":50,"overrides":
                {"diversity":0.5,"sourceWeights":{"seenTogether":2}}}]}]}
            """);
        var read = await service.GetAsync(Path);
        var second = await service.PutAsync(Path, "{}", ("If-Match", read.Headers["ETag"]));
        var third = await service.PutAsync(Path, "{}", ("If-Match", read.Headers["ETag"]));

        first.MustBe(HttpStatusCode.OK);
        Assert.Equal("2", read.MustBe(HttpStatusCode.OK)[
            "experiments.0.arms.1.overrides.sourceWeights.seenTogether"]);
        second.MustBe(HttpStatusCode.OK);
        Assert.Equal("\"0\"", second.Headers["ETag"]);
        third.MustBeProblem(HttpStatusCode.PreconditionFailed, "version-mismatch");
    }

    [Theory]
    [InlineData("""{"experiments":[{"name":"e","arms":[{"name":"a","share":101}]}]}""",
        "/experiments/0/arms/0/share")]
    [InlineData("""{"experiments":[{"name":"e","arms":[{"name":"a","share":1,"x":1}]}]}""",
        "/experiments/0/arms/0/x")]
    [InlineData("""{"experiments":[{"name":"","arms":[]}]}""", "/experiments/0/name")]
    [InlineData("""
        {"experiments":[{"name":"e","arms":[
          {"name":"a","share":1,"overrides":{"sourceWeights":{"graph":1}}}]}]}
        """, "/experiments/0/arms/0/overrides/sourceWeights/graph")]
    public async Task What_is_wrong_with_experiments_is_named_and_changes_nothing(
        string body, string field)
    {
        var before = (await service.GetAsync(Path)).Text;

        var answer = await service.PutAsync(Path, body);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(field, answer["errors.0.field"]);
        Assert.Equal(before, (await service.GetAsync(Path)).Text);
    }
}
