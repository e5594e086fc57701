using System.Net;
using StreamCommerce.Api.Problems;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Problems;

public sealed class ProblemTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Product = """{"title":"T","price":{"amount":1,"currency":"EUR"}}""";

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/v1/nowhere")]
    [InlineData("/v1/orders/1/lines")]
    public async Task A_path_that_is_not_served_is_a_problem(string path) =>
        (await service.GetAsync(path)).MustBeProblem(HttpStatusCode.NotFound);

    [Fact]
    public async Task A_problem_is_one_also_to_a_browser()
    {
        var answer = await service.SendAsync(
            HttpMethod.Get, "/v1/nowhere", null, null, ("Accept", "text/html"));

        answer.MustBeProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_method_that_is_not_served_is_a_problem_that_lists_those_that_are()
    {
        var answer = await service.SendAsync(HttpMethod.Delete, "/v1/events", null, null);

        answer.MustBeProblem(HttpStatusCode.MethodNotAllowed);
        Assert.Equal("POST", answer.Headers["Allow"]);
    }

    [Theory]
    [InlineData("/v1/trending?k=ten", "k")]
    [InlineData("/v1/trending?k=0", "k")]
    [InlineData("/v1/recommendations?visitor=", "visitor")]
    [InlineData("/v1/recommendations?visitor=v&k=51", "k")]
    [InlineData("/v1/products?limit=201", "limit")]
    [InlineData("/v1/orders?newest=-1", "newest")]
    [InlineData("/v1/funnels/live?window=soon", "window")]
    [InlineData("/v1/stats?wait=perhaps", "wait")]
    public async Task A_bad_parameter_is_named(string path, string parameter)
    {
        var answer = await service.GetAsync(path);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(parameter, answer["errors.0.field"]);
    }

    [Theory]
    [InlineData("""{"title":"T","price":{"amount":"x","currency":"EUR"}}""", "/price/amount")]
    [InlineData("""{"title":"T","price":{"amount":"1","currency":"EUR"}}""", "/price/amount")]
    [InlineData("""{"title":"T","price":{"amount":1,"currency":"EURO"}}""", "/price/currency")]
    [InlineData("""{"title":7,"price":{"amount":1,"currency":"EUR"}}""", "/title")]
    [InlineData("""{"title":null,"price":{"amount":1,"currency":"EUR"}}""", "/title")]
    [InlineData("""{"titel":"T","price":{"amount":1,"currency":"EUR"}}""", "/titel")]
    [InlineData("""{"title":"T","price":{"amount":1}}""", "/price/currency")]
    [InlineData("""{"title":"T","price":{"currency":"EUR"}}""", "/price/amount")]
    [InlineData("""{"title":"T"}""", "/price")]
    [InlineData(
        """{"title":"T","price":{"amount":1,"currency":"EUR"},"categories":["a",null]}""",
        "/categories/1")]
    [InlineData(
        """{"title":"T","price":{"amount":1,"currency":"EUR"},"attributes":{"colour":null}}""",
        "/attributes/colour")]
    [InlineData("""{"title":"\ud800","price":{"amount":1,"currency":"EUR"}}""", "/title")]
    public async Task A_bad_field_is_named(string body, string field)
    {
        var answer = await service.PutAsync("/v1/products/p", body);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(field, answer["errors.0.field"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("nonsense")]
    [InlineData("""{"title":"T"}""")]
    [InlineData("null")]
    public async Task A_body_that_cannot_be_read_is_a_problem(string body) =>
        (await service.PutAsync("/v1/products/p", body))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");

    [Theory]
    [InlineData("""{"title":""", "The body ends in the middle of its JSON (line 1, byte 9).")]
    [InlineData("{\n\"title\":\"T", "The body ends in the middle of its JSON (line 2, byte 10).")]
    [InlineData("nonsense", "The body is not valid JSON: ")]
    public async Task A_body_that_is_no_json_is_told_where(string body, string detail)
    {
        var answer = await service.PutAsync("/v1/products/p", body);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.StartsWith(detail, answer["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_of_the_service_are_not_the_senders_fault() =>
        Assert.Equal(500, FaultProblems.Of(new InvalidDataException("Damaged segment.")).Status);

    [Fact]
    public async Task A_body_larger_than_the_endpoint_takes_is_a_problem() =>
        (await service.PutAsync("/v1/products/p", Product + new string(' ', 64 * 1024)))
            .MustBeProblem(HttpStatusCode.RequestEntityTooLarge);

    [Fact]
    public async Task A_body_of_another_type_is_a_problem() =>
        (await service.SendAsync(HttpMethod.Put, "/v1/products/p", "a"u8.ToArray(), "text/plain"))
            .MustBeProblem(HttpStatusCode.UnsupportedMediaType);

    [Theory]
    [InlineData("3")]
    [InlineData("\"three\"")]
    [InlineData("W/\"3\"")]
    public async Task A_tag_of_another_form_is_a_problem(string tag)
    {
        var answer = await service.PutAsync("/v1/products/p", Product, ("If-Match", tag));

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal("If-Match", answer["errors.0.field"]);
    }
}
