using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace StreamCommerce.Tests.Api.Hosting;

public sealed partial class ApiDescriptionTests(ServiceFixture service)
    : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Every_route_is_described_with_a_summary_and_its_problems()
    {
        var document = await service.GetAsync("/openapi/v1.json");
        var paths = document.MustBe(HttpStatusCode.OK).Json["paths"]!.AsObject();

        var routes = service.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Select(route => "/" + Constraint().Replace(route.RoutePattern.RawText!, "").Trim('/'))
            .Where(route => !route.StartsWith("/openapi", StringComparison.Ordinal))
            .ToHashSet();

        Assert.NotEmpty(routes);
        Assert.Equal(routes.Order(), paths.Select(path => path.Key).Order());
        foreach (var operation in paths.SelectMany(path => path.Value!.AsObject()))
        {
            Assert.False(string.IsNullOrEmpty(operation.Value!["summary"]?.ToString()));
            foreach (var (status, response) in operation.Value["responses"]!.AsObject())
            {
                if (status[0] is '4' or '5')
                    Assert.NotNull(response!["content"]!["application/problem+json"]);
            }
        }
    }

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/v1/products/import")]
    public async Task Every_example_of_a_body_is_taken(string path)
    {
        var document = await service.GetAsync("/openapi/v1.json");
        var types = document.Json["paths"]![path]!["post"]!["requestBody"]!["content"]!.AsObject();

        Assert.NotEmpty(types);
        foreach (var (type, body) in types)
        {
            var example = body!["example"]!;
            var text = example is JsonValue ? example.GetValue<string>() : example.ToJsonString();
            var answer = await service.PostAsync(path, text, type);
            Assert.True((int)answer.Status is 200 or 202, answer.Text);
            Assert.Equal("[]", answer.Find("refused")!.ToJsonString());
        }
    }

    [Fact]
    public async Task The_page_of_the_api_needs_no_other_host()
    {
        var page = await service.GetAsync("/docs/index.html");

        page.MustBe(HttpStatusCode.OK);
        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page.Text);
    }

    [Fact]
    public async Task The_live_page_and_all_that_it_needs_are_served_from_here()
    {
        var page = await service.GetAsync("/");

        page.MustBe(HttpStatusCode.OK);
        var parts = Link().Matches(page.Text).Select(link => link.Groups[1].Value).ToList();
        Assert.NotEmpty(parts);
        foreach (var part in parts)
            (await service.GetAsync("/" + part)).MustBe(HttpStatusCode.OK);
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+\\.(?:js|css))\"")]
    private static partial Regex Link();

    [GeneratedRegex(":[a-z]+(?=})")]
    private static partial Regex Constraint();
}
