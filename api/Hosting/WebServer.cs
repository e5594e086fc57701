using System.Net;
using Microsoft.AspNetCore.Http.Timeouts;

namespace StreamCommerce.Api.Hosting;

/// <summary>The limits of the web server.</summary>
internal static class WebServer
{
    public static void ConfigureServer(
        this ConfigureWebHostBuilder web, ServiceSettings settings, ApiOptions options)
    {
        web.UseUrls(settings.Urls);
        web.UseStaticWebAssets();
        web.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ApiOptions.BodyBytesLimit;
            kestrel.Limits.MaxConcurrentConnections = options.ConnectionLimit;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        });
    }

    public static void AddTimeouts(this IServiceCollection services, ApiOptions options) =>
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = options.RequestTimeout,
            TimeoutStatusCode = (int)HttpStatusCode.GatewayTimeout,
        });
}
