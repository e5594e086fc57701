using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway.Account;
using StreamCommerce.Tests.Cosmos.Gateway.Containers;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Hosting;
using StreamCommerce.Tests.Cosmos.Gateway.Items;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway;

/// <summary>
/// An Azure Cosmos DB account in memory. It speaks the part of the documented REST protocol that
/// the SDK uses in gateway mode, through a handler of the SDK's own HTTP client or over a socket,
/// and answers what it does not know with an error that says so. Each request is atomic; time is
/// injected; any thread.
/// </summary>
public sealed class CosmosGateway
{
    private const string HostSuffix = ".cosmos.invalid";

    private readonly CosmosGatewayOptions _options;
    private readonly StoredAccount _account;
    private readonly AccountRequests _accountRequests;
    private readonly ItemRequests _itemRequests;
    private readonly KeyVerification? _keys;
    private readonly TimeProvider _time;
    private long _number;

    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public CosmosGateway(TimeProvider time, CosmosGatewayOptions? options = null)
    {
        _options = options ?? new CosmosGatewayOptions();
        Validator.ValidateObject(_options, new ValidationContext(_options), true);
        _account = new StoredAccount(_options);
        _accountRequests = new AccountRequests(_account, _options, time, EndpointOf);
        _itemRequests = new ItemRequests(_account, time);
        _keys = _options.VerifiesKey ? new KeyVerification(_options.Key) : null;
        Requests = new RequestLog(_options.RequestsKept);
        _time = time;
        Handler = new GatewayHandler(this, time);
    }

    /// <summary>For <see cref="CosmosClientOptions.HttpClientFactory"/>. It holds nothing that has
    /// to be disposed of, and outlives its clients.</summary>
    public HttpMessageHandler Handler { get; }

    /// <summary>What goes wrong, and with which requests; nothing at first. May change at any
    /// time.</summary>
    public FaultPlan? Faults { get; set; }

    public RequestLog Requests { get; }

    public string Key => _options.Key;

    /// <summary>Where the account is, for clients that go through <see cref="Handler"/>.</summary>
    public Uri Endpoint { get; } = new($"https://{CosmosGatewayOptions.AccountName}{HostSuffix}/");

    /// <summary>Where one of the account's regions is, by the same way.</summary>
    internal static Uri EndpointOf(string region) => new($"https://{HostOf(region)}/");

    /// <summary>
    /// A client of the account: gateway mode, System.Text.Json, as the adapters have it. The
    /// caller disposes of it.
    /// </summary>
    public CosmosClient CreateClient(Action<CosmosClientOptions>? configure = null) =>
        CreateClient(Endpoint, options =>
        {
            options.HttpClientFactory = () => new HttpClient(Handler, disposeHandler: false);
            configure?.Invoke(options);
        });

    /// <summary>A client that comes by another way.</summary>
    internal CosmosClient CreateClient(Uri endpoint, Action<CosmosClientOptions> configure)
    {
        var options = new CosmosClientOptions
        {
            ConnectionMode = ConnectionMode.Gateway,
            UseSystemTextJsonSerializerWithOptions =
                new JsonSerializerOptions(JsonSerializerDefaults.Web),
        };
        configure(options);
        return new CosmosClient(endpoint.AbsoluteUri, Key, options);
    }

    /// <summary>
    /// From now on a region's replicas of what there is stand still: reads there do not see what
    /// is written, and those whose session has seen more are told so with 404 and sub-status 1002.
    /// </summary>
    public void Hold(string region) =>
        _account.ForEachPartition(one => one.Hold(region, comesAlong: false));

    /// <summary>
    /// From now on a region's replicas see what there is, and of what is written only as much as
    /// the session that asks has seen itself.
    /// </summary>
    public void HoldBack(string region) =>
        _account.ForEachPartition(one => one.Hold(region, comesAlong: true));

    /// <summary>The region's replicas catch up at once.</summary>
    public void Release(string region) => _account.ForEachPartition(one => one.Release(region));

    /// <summary>Notes all items, and gives back what puts them back as they are now; containers
    /// stay as they are then. For tests that begin again and again where they were.</summary>
    public Action Keep()
    {
        var kept = new List<Action>();
        _account.ForEachPartition(partition =>
        {
            var items = partition.Keep();
            kept.Add(() =>
            {
                lock (partition.Gate)
                {
                    partition.Restore(items);
                }
            });
        });
        return () => kept.ForEach(restore => restore());
    }

    /// <summary>The living items of a container, for those who check what is stored.</summary>
    internal IReadOnlyList<JsonElement> ItemsOf(string database, string container)
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var items = new List<JsonElement>();
        foreach (var partition in _account.Container(database, container).Partitions)
        {
            lock (partition.Gate) items.AddRange(partition.All(now).Select(item => item.Root));
        }

        return items;
    }

    /// <summary>Answers one request.</summary>
    /// <exception cref="LostAnswerException">As the faults have it.</exception>
    internal async ValueTask<GatewayReply> AnswerAsync(GatewayMessage message)
    {
        var activity = message.Header(HeaderNames.ActivityId);
        GatewayRequest request = default;
        try
        {
            var route = Route.Of(message);
            request = Describe(message, route);
            var fault = Faults?.Invoke(request);
            if (fault is { IsLost: true, HasEffect: false })
            {
                Requests.Add(new AnsweredRequest(request, 0, 0));
                throw new LostAnswerException(fault.Loss);
            }

            var reply = fault is { IsLost: false }
                ? ReplyOf(fault)
                : await AnswerAsync(message, route, request);
            Requests.Add(new AnsweredRequest(request, reply.Status, reply.Charge));
            return fault is { IsLost: true }
                ? throw new LostAnswerException(fault.Loss)
                : reply.Sealed(activity);
        }
        catch (GatewayException e)
        {
            return Refuse(request, e).Sealed(activity);
        }
        catch (JsonException e)
        {
            return Refuse(request, GatewayException.BadRequest(e.Message)).Sealed(activity);
        }
    }

    private GatewayReply Refuse(GatewayRequest request, GatewayException why)
    {
        Requests.Add(new AnsweredRequest(request, why.Status, RequestCharges.Refused));
        return GatewayReply.Error(why.Status, why.SubStatus, why.Message, RequestCharges.Refused);
    }

    private ValueTask<GatewayReply> AnswerAsync(
        GatewayMessage message, Route route, GatewayRequest request)
    {
        HeaderNames.RefuseUnknown(message.Headers);
        _keys?.Require(message);
        if (request.IsWrite && request.Region != _options.Regions[0])
        {
            throw new GatewayException(
                403, SubStatus.WriteForbidden, $"{request.Region} cannot be written to.");
        }

        return request.IsOfItems
            ? _itemRequests.AnswerAsync(message, route, request.Region)
            : ValueTask.FromResult(_accountRequests.Answer(message, route));
    }

    private GatewayRequest Describe(GatewayMessage message, Route route)
    {
        var key = message.Header(HeaderNames.PartitionKey) is { } header
            ? PartitionKeyValue.OfHeader(header).ToString()
            : "";
        return new GatewayRequest(
            Interlocked.Increment(ref _number), route.Kind, route.Database, route.Container, key,
            route.Id, RegionOf(message.Host));
    }

    private static GatewayReply ReplyOf(Fault fault)
    {
        var wait = fault.RetryAfter?.TotalMilliseconds
            .ToString("0", System.Globalization.CultureInfo.InvariantCulture);
        return GatewayReply.Error(fault.StatusCode, fault.SubStatusCode, "An injected fault.")
            .With(HeaderNames.RetryAfterMs, wait);
    }

    /// <summary>Each region has a host name of its own, unless the account is behind a
    /// socket.</summary>
    private Uri EndpointOf(GatewayMessage message, string region) =>
        message.Host.EndsWith(HostSuffix, StringComparison.Ordinal)
            ? new Uri($"https://{HostOf(region)}/")
            : new Uri($"http://{message.Host}/");

    private string RegionOf(string host) =>
        _options.Regions.FirstOrDefault(region => HostOf(region) == host) ?? _options.Regions[0];

    private static string HostOf(string region) =>
        $"{CosmosGatewayOptions.AccountName}-"
        + region.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() + HostSuffix;
}
