using System.Net;
using Xunit;

namespace StreamCommerce.Tests.Api.Hosting;

public sealed class SecurityHeadersTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/live.js", HttpStatusCode.OK)]
    [InlineData("/docs/index.html", HttpStatusCode.OK)]
    [InlineData("/v1/products", HttpStatusCode.OK)]
    [InlineData("/v1/products/none", HttpStatusCode.NotFound)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    public async Task A_browser_is_told_to_load_and_run_only_what_this_service_serves(
        string path, HttpStatusCode status)
    {
        var answer = (await service.GetAsync(path)).MustBe(status);

        var policy = answer.Headers["Content-Security-Policy"];
        Assert.StartsWith("default-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
    }

    [Fact]
    public async Task Only_the_page_of_the_api_may_style_inline()
    {
        var page = await service.GetAsync("/");
        var docs = await service.GetAsync("/docs/index.html");

        Assert.DoesNotContain(
            "unsafe", page.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.EndsWith("style-src 'self' 'unsafe-inline'",
            docs.Headers["Content-Security-Policy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_the_page_is_asked_for_again_at_each_visit()
    {
        var script = await service.GetAsync("/live.js");

        Assert.Equal("no-cache", script.Headers["Cache-Control"]);
        Assert.NotEmpty(script.Headers["ETag"]);
    }
}
