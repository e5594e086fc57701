using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StreamCommerce.Ingest.Datasets;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Tests.Api.Commands;

/// <summary>
/// The part of the service that a replay talks to, on a port of its own, with faults as a test
/// wants them. It counts an event once, as the engine does.
/// </summary>
internal sealed class StubShop : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EventId, CommerceEvent> _events = [];
    private readonly WebApplication _app;
    private int _requests;

    private StubShop(WebApplication app) => _app = app;

    /// <summary>Answers a batch instead of taking it; false: takes it. Gets the number of the
    /// request, from 1.</summary>
    public Func<int, HttpContext, bool> Fault { get; set; } = (_, _) => false;

    /// <summary>Whether an event is refused.</summary>
    public Func<CommerceEvent, bool> Refuses { get; set; } = _ => false;

    /// <summary>Every event in the order of its arrival, repetitions included.</summary>
    public List<CommerceEvent> Arrived { get; } = [];

    public int LongestBatch { get; private set; }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features
        .Get<IServerAddressesFeature>()!.Addresses.First());

    public DatasetTotals Totals
    {
        get
        {
            lock (_gate) return DatasetTotals.Of(_events.Values);
        }
    }

    public static async Task<StubShop> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var shop = new StubShop(app);
        app.Run(shop.AnswerAsync);
        await app.StartAsync();
        return shop;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/v1/events" => AppendAsync(context),
        "/readyz" => context.Response.WriteAsync("{\"handled\":1,\"lag\":0,\"partitions\":4}"),
        "/v1/stats" => context.Response.WriteAsync(StatsJson()),
        _ => throw new InvalidOperationException(context.Request.Path),
    };

    private async Task AppendAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Fault(Interlocked.Increment(ref _requests), context)) return;
        var batch = EventBatch.Read(new(body.ToArray()), BatchFormat.Array,
            new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), null, out _)!;
        var refused = new List<object>();
        lock (_gate)
        {
            LongestBatch = Math.Max(LongestBatch, batch.Accepted.Count);
            for (var i = 0; i < batch.Accepted.Count; i++)
            {
                var e = batch.Accepted[i];
                if (Refuses(e))
                {
                    refused.Add(new { index = i, field = "/time", detail = "is refused." });
                    continue;
                }
                Arrived.Add(e);
                _events.TryAdd(e.Id, e);
            }
        }
        context.Response.StatusCode = refused.Count < batch.Accepted.Count
            ? (int)HttpStatusCode.Accepted : (int)HttpStatusCode.BadRequest;
        await context.Response.WriteAsync(JsonSerializer.Serialize(new { refused }));
    }

    private string StatsJson()
    {
        var totals = Totals;
        return JsonSerializer.Serialize(new
        {
            events = totals.EventsByName.ToDictionary(p => p.Key.ToText(), p => p.Value),
            orders = totals.Orders,
            refunds = totals.RefundOrders,
            products = totals.Products,
            customers = totals.Customers,
            visitors = totals.Visitors,
            sessions = new { started = totals.Sessions },
        });
    }
}
