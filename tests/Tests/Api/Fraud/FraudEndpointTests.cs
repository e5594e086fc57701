using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Fraud;

public sealed class FraudEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Rules = """
        {"version":"mine","currency":"EUR","thresholds":{"challenge":30,"review":60,"block":85},
         "lists":{"block":{"email":["@odd.example"]}},
         "rules":[{"name":"much","reason":"HIGH_AMOUNT","points":40,
                   "when":[{"signal":"amount","atLeast":1000}]}]}
        """;

    [Fact]
    public async Task Rules_are_read_replaced_and_read_again()
    {
        var before = (await service.GetAsync("/v1/fraud/rules")).MustBe(HttpStatusCode.OK);
        var put = (await service.PutAsync("/v1/fraud/rules", Rules,
            ("If-Match", before.Headers["ETag"]))).MustBe(HttpStatusCode.OK);
        var after = await service.GetAsync("/v1/fraud/rules");

        Assert.Equal("mine", after["version"]);
        Assert.Equal("@odd.example", after["lists.block.email.0"]);
        Assert.Equal(put.Headers["ETag"], after.Headers["ETag"]);
        Assert.NotEqual(before.Headers["ETag"], after.Headers["ETag"]);
        Assert.True(File.Exists(Path.Combine(service.Folder, "fraud.json")));

        (await service.PutAsync("/v1/fraud/rules", Rules, ("If-Match", before.Headers["ETag"])))
            .MustBeProblem(HttpStatusCode.PreconditionFailed, "version-mismatch");
    }

    [Fact]
    public async Task Rules_that_are_not_valid_are_refused_with_the_path_of_each_fault()
    {
        var answer = await service.PutAsync("/v1/fraud/rules", Rules
            .Replace("amount\"", "amuont\"", StringComparison.Ordinal)
            .Replace("40", "400", StringComparison.Ordinal));

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid");
        Assert.Equal("/rules/0/points", answer["errors.0.field"]);
        Assert.Equal("/rules/0/when/0/signal", answer["errors.1.field"]);
    }

    [Fact]
    public async Task A_trial_is_put_read_and_ended()
    {
        (await service.GetAsync("/v1/fraud/rules/shadow"))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");

        var trial = Rules.Replace("mine", "trial", StringComparison.Ordinal);
        (await service.PutAsync("/v1/fraud/rules/shadow", trial, ("If-None-Match", "*")))
            .MustBe(HttpStatusCode.OK);
        Assert.Equal("trial", (await service.GetAsync("/v1/fraud/rules/shadow"))["version"]);

        (await service.SendAsync(HttpMethod.Delete, "/v1/fraud/rules/shadow", null, null))
            .MustBe(HttpStatusCode.NoContent);
        (await service.GetAsync("/v1/fraud/rules/shadow"))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_refused_with_its_place()
    {
        var answer = await service.PutAsync("/v1/fraud/rules", """{"version":"ha""");

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid");
        Assert.Contains("line 1", answer["detail"], StringComparison.Ordinal);
    }
}
