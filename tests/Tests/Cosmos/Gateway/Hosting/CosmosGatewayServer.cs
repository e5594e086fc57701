using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.DependencyInjection;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Hosting;

/// <summary>
/// The gateway behind a socket: plain HTTP on 127.0.0.1, on a port that the system picks. All
/// regions are this one endpoint, so a client must not look for others.
/// </summary>
public sealed class CosmosGatewayServer : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly CosmosGateway _gateway;

    private CosmosGatewayServer(WebApplication host, CosmosGateway gateway)
    {
        _host = host;
        _gateway = gateway;
        Endpoint = new Uri(host.Services.GetRequiredService<IServer>().Features
            .GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());
    }

    public Uri Endpoint { get; }

    public static async Task<CosmosGatewayServer> StartAsync(CosmosGateway gateway)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Above the service's limit, so that the gateway itself says 413.
            kestrel.Limits.MaxRequestBodySize = 4L * ItemBody.BytesLimit;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var host = builder.Build();
        host.Run(context => AnswerAsync(gateway, context));
        await host.StartAsync();
        return new CosmosGatewayServer(host, gateway);
    }

    /// <summary>A client that comes through the socket. The caller disposes of it.</summary>
    public CosmosClient CreateClient(Action<CosmosClientOptions>? configure = null) =>
        _gateway.CreateClient(Endpoint, options =>
        {
            options.LimitToEndpoint = true;
            configure?.Invoke(options);
        });

    /// <summary>Makes the shop's database and containers.</summary>
    /// <returns>How a shop reaches them.</returns>
    public async Task<CosmosOptions> MakeShopAsync()
    {
        var options = new CosmosOptions { Endpoint = Endpoint.ToString(), Key = _gateway.Key };
        using var client = CosmosAccount.Open(options);
        await CosmosDatabase.CreateAsync(client, options, 4_000, CancellationToken.None);
        return options;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
    }

    private static async Task AnswerAsync(CosmosGateway gateway, HttpContext context)
    {
        try
        {
            var reply = await gateway.AnswerAsync(await ReadAsync(context.Request));
            await WriteAsync(reply, context.Response);
        }
        catch (LostAnswerException e)
        {
            if (e.Loss != Loss.Disconnect)
            {
                await UntilTheClientGivesUpAsync(context);
            }

            context.Abort();
        }
    }

    private static async Task UntilTheClientGivesUpAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using (context.RequestAborted.Register(gone.SetResult))
        {
            await gone.Task;
        }
    }

    private static async Task<GatewayMessage> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return new GatewayMessage(
            request.Method.ToUpperInvariant(),
            request.Host.Value ?? "",
            // As it came on the wire: an id may hold an escaped character.
            GatewayMessage.SegmentsOf(PathOf(request)),
            request.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase),
            body.ToArray());
    }

    private static string PathOf(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>()
            .RawTarget;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }

    private static async Task WriteAsync(GatewayReply reply, HttpResponse response)
    {
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
        {
            response.Headers[name] = value;
        }

        if (reply.Status is 204 or 304)
        {
            return;
        }

        response.ContentLength = reply.Body.Length;
        if (reply.Body.Length > 0)
        {
            response.ContentType = reply.ContentType;
            await response.Body.WriteAsync(reply.Body);
        }
    }
}
