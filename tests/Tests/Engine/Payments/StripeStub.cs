using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StreamCommerce.Tests.Engine.Payments;

/// <summary>
/// The documented part of Stripe's API that the adapter uses, on loopback: payment intents with
/// manual capture, refunds, lists, search, errors, and <c>Idempotency-Key</c> as documented: the
/// first answer of a key is kept and replayed, other parameters are an error, and what failed
/// validation is not kept. Side by side requests of one key wait for each other.
/// </summary>
internal sealed class StripeStub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Request, int Status, string Body)> _keys = [];
    private readonly List<JsonObject> _intents = [];
    private readonly List<JsonObject> _refunds = [];
    private readonly HashSet<string> _lost = [];
    private readonly TimeProvider _time;

    private StripeStub(WebApplication app, TimeProvider time) => (_app, _time) = (app, time);

    public Uri Address => new(_app.Urls.First());

    /// <summary>Requests that came, as "POST /v1/…".</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Answered with instead of any effect, where set.</summary>
    public int? FailWith { get; set; }

    /// <summary>Most entries of a page, whatever is asked for.</summary>
    public int PageLimit { get; set; } = 100;

    public static async Task<StripeStub> StartAsync(TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new StripeStub(app, time);
        app.Run(stub.ServeAsync);
        await app.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>The buyer's answer to a step-up.</summary>
    public void Confirm(string id, bool approve)
    {
        lock (_lock)
        {
            var intent = Find(_intents, id)!;
            intent["next_action"] = null;
            if (approve) Hold(intent);
            else Fail(intent, "payment_intent_authentication_failure", null);
        }
    }

    /// <summary>As Stripe does after a day.</summary>
    public void ForgetKeys()
    {
        lock (_lock) _keys.Clear();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var request = context.Request;
        Requests.Enqueue($"{request.Method} {request.Path}");
        var form = request.HasFormContentType
            ? (await request.ReadFormAsync()).ToDictionary(
                pair => pair.Key, pair => pair.Value.ToString())
            : [];
        if (request.Headers.Authorization != "Bearer sk_test_stub")
        {
            await WriteAsync(context, (401, Error("invalid_request_error", null, "Wrong key.")));
            return;
        }
        if (FailWith is { } status)
        {
            await WriteAsync(context, (status, Error("api_error", null, "Something is broken.")));
            return;
        }
        if (request.Method == "GET")
        {
            await WriteAsync(context, Read(request));
            return;
        }
        var answer = Once(request, form, out var isLost);
        if (isLost) context.Abort();
        else await WriteAsync(context, answer);
    }

    private (int Status, JsonNode Body) Once(
        HttpRequest request, Dictionary<string, string> form, out bool isLost)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        var text = request.Path + "?" + string.Join('&', form.OrderBy(pair => pair.Key)
            .Select(pair => $"{pair.Key}={pair.Value}"));
        isLost = false;
        lock (_lock)
        {
            if (_keys.TryGetValue(key, out var before))
            {
                return before.Request == text
                    ? (before.Status, JsonNode.Parse(before.Body)!)
                    : (400, Error("idempotency_error", null, "Keys are for one request."));
            }
            if (form.ContainsValue("tok_lostRequest") && _lost.Add(key))
            {
                isLost = true;
                return default;
            }
            var answer = Write(request.Path.Value!, form);
            if (answer.Status is not (400 or 404 or 429))
                _keys.Add(key, (text, answer.Status, answer.Body.ToJsonString()));
            isLost = form.ContainsValue("tok_lostAnswer");
            return (answer.Status, answer.Body.DeepClone());
        }
    }

    private (int Status, JsonNode Body) Write(string path, Dictionary<string, string> form)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["v1", "payment_intents"]) return Create(form);
        if (parts is ["v1", "refunds"]) return Refund(form);
        if (parts is not ["v1", "payment_intents", var id, var verb]
            || Find(_intents, id) is not { } intent) return NotFound(path);
        return verb == "capture" ? Capture(intent, form) : Cancel(intent);
    }

    private (int Status, JsonNode Body) Create(Dictionary<string, string> form)
    {
        var token = form.GetValueOrDefault("payment_method_data[card][token]")
            ?? form.GetValueOrDefault("payment_method") ?? "";
        if (token == "tok_unavailable")
            return (429, Error("invalid_request_error", "rate_limit", "Too many requests."));
        var intent = new JsonObject
        {
            ["id"] = $"pi_{_intents.Count + 1:D4}",
            ["object"] = "payment_intent",
            ["amount"] = long.Parse(form["amount"], CultureInfo.InvariantCulture),
            ["amount_capturable"] = 0L,
            ["amount_received"] = 0L,
            ["amount_refunded"] = 0L,
            ["capture_method"] = form["capture_method"],
            ["client_secret"] = $"pi_{_intents.Count + 1:D4}_secret",
            ["created"] = _time.GetUtcNow().ToUnixTimeSeconds(),
            ["currency"] = form["currency"],
            ["metadata"] = Metadata(form),
        };
        _intents.Insert(0, intent);
        var code = token.StartsWith("tok_chargeDeclined", StringComparison.Ordinal)
            ? DeclineOf(token["tok_chargeDeclined".Length..]) : null;
        if (code is not null)
        {
            Fail(intent, "card_declined", code);
            var error = Error("card_error", "card_declined", "Your card was declined.");
            error["error"]!["decline_code"] = code;
            error["error"]!["payment_intent"] = intent.DeepClone();
            return (402, error);
        }
        if (token == "tok_threeDSecureRequired"
            || form.ContainsKey("payment_method_options[card][request_three_d_secure]"))
        {
            intent["status"] = "requires_action";
            intent["next_action"] = new JsonObject
            {
                ["type"] = "redirect_to_url",
                ["redirect_to_url"] = new JsonObject { ["url"] = "https://bank.example/confirm" },
            };
        }
        else
        {
            Hold(intent);
        }
        return (200, intent);
    }

    private static (int Status, JsonNode Body) Capture(
        JsonObject intent, Dictionary<string, string> form)
    {
        if ((string)intent["status"]! != "requires_capture") return Unexpected(intent);
        var amount = long.Parse(form["amount_to_capture"], CultureInfo.InvariantCulture);
        if (amount > (long)intent["amount_capturable"]!)
        {
            return (400, Error("invalid_request_error", "amount_too_large",
                "The amount is greater than what is capturable."));
        }
        intent["amount_received"] = amount;
        intent["amount_capturable"] = 0L;
        intent["status"] = "succeeded";
        foreach (var (key, value) in Metadata(form))
            intent["metadata"]![key] = value!.DeepClone();
        return (200, intent);
    }

    private (int Status, JsonNode Body) Cancel(JsonObject intent)
    {
        if ((string)intent["status"]! is "succeeded" or "canceled") return Unexpected(intent);
        intent["status"] = "canceled";
        intent["canceled_at"] = _time.GetUtcNow().ToUnixTimeSeconds();
        return (200, intent);
    }

    private (int Status, JsonNode Body) Refund(Dictionary<string, string> form)
    {
        if (Find(_intents, form["payment_intent"]) is not { } intent)
            return NotFound(form["payment_intent"]);
        var amount = long.Parse(form["amount"], CultureInfo.InvariantCulture);
        var left = (long)intent["amount_received"]! - (long)intent["amount_refunded"]!;
        if (amount > left)
        {
            return (400, Error("invalid_request_error", null,
                "Refund amount is greater than unrefunded amount on charge."));
        }
        intent["amount_refunded"] = (long)intent["amount_refunded"]! + amount;
        var refund = new JsonObject
        {
            ["id"] = $"re_{_refunds.Count + 1:D4}",
            ["object"] = "refund",
            ["amount"] = amount,
            ["created"] = _time.GetUtcNow().ToUnixTimeSeconds(),
            ["currency"] = (string)intent["currency"]!,
            ["metadata"] = Metadata(form),
            ["payment_intent"] = (string)intent["id"]!,
            ["status"] = "succeeded",
        };
        _refunds.Insert(0, refund);
        return (200, refund);
    }

    private (int Status, JsonNode Body) Read(HttpRequest request)
    {
        lock (_lock)
        {
            var parts = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return parts switch
            {
                ["v1", "payment_intents"] => (200, Page(_intents, request.Query)),
                ["v1", "refunds"] => (200, Page(_refunds, request.Query)),
                ["v1", "payment_intents", "search"] => (200, Search(request.Query)),
                ["v1", "payment_intents", var id] when Find(_intents, id) is { } intent =>
                    (200, intent.DeepClone()),
                _ => NotFound(request.Path),
            };
        }
    }

    private JsonObject Page(List<JsonObject> all, IQueryCollection query)
    {
        long? from = Number(query["created[gte]"]);
        long? to = Number(query["created[lt]"]);
        var found = all.Where(one => (from is null || (long)one["created"]! >= from)
                && (to is null || (long)one["created"]! < to)
                && (query["payment_intent"].Count == 0
                    || (string)one["payment_intent"]! == query["payment_intent"]))
            .ToList();
        if (query["starting_after"].ToString() is { Length: > 0 } after)
            found = [.. found.SkipWhile(one => (string)one["id"]! != after).Skip(1)];
        var limit = (int)Math.Min(Number(query["limit"]) ?? 10, PageLimit);
        return new JsonObject
        {
            ["object"] = "list",
            ["has_more"] = found.Count > limit,
            ["data"] = new JsonArray([.. found.Take(limit).Select(one => one.DeepClone())]),
        };
    }

    private JsonObject Search(IQueryCollection query)
    {
        var wanted = query["query"].ToString();
        static string QueryFor(JsonObject one) =>
            $"metadata[\"operation\"]:\"{one["metadata"]?["operation"]}\"";
        return new JsonObject
        {
            ["object"] = "search_result",
            ["has_more"] = false,
            ["data"] = new JsonArray([.. _intents
                .Where(one => wanted == QueryFor(one))
                .Select(one => one.DeepClone())]),
        };
    }

    private static void Hold(JsonObject intent)
    {
        intent["status"] = "requires_capture";
        intent["amount_capturable"] = (long)intent["amount"]!;
        intent["latest_charge"] = $"ch_{intent["id"]}";
    }

    private static void Fail(JsonObject intent, string code, string? decline)
    {
        intent["status"] = "requires_payment_method";
        intent["last_payment_error"] = new JsonObject
        {
            ["type"] = "card_error",
            ["code"] = code,
            ["decline_code"] = decline,
        };
    }

    private static JsonObject Metadata(Dictionary<string, string> form)
    {
        var metadata = new JsonObject();
        foreach (var (key, value) in form)
            if (key.StartsWith("metadata[", StringComparison.Ordinal)) metadata[key[9..^1]] = value;
        return metadata;
    }

    private static string DeclineOf(string suffix) => suffix switch
    {
        "InsufficientFunds" => "insufficient_funds",
        "ExpiredCard" => "expired_card",
        "ProcessingError" => "processing_error",
        _ => "generic_decline",
    };

    private static JsonObject? Find(List<JsonObject> all, string id) =>
        all.FirstOrDefault(one => (string)one["id"]! == id);

    private static (int, JsonNode) NotFound(string what) =>
        (404, Error("invalid_request_error", "resource_missing", $"No such thing: {what}"));

    private static (int, JsonNode) Unexpected(JsonObject intent) =>
        (400, Error("invalid_request_error", "payment_intent_unexpected_state",
            $"The payment intent has the status {intent["status"]}."));

    private static JsonObject Error(string type, string? code, string message) => new()
    {
        ["error"] = new JsonObject { ["type"] = type, ["code"] = code, ["message"] = message },
    };

    private static long? Number(string? text) => string.IsNullOrEmpty(text)
        ? null : long.Parse(text, CultureInfo.InvariantCulture);

    private static Task WriteAsync(HttpContext context, (int Status, JsonNode Body) answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.Body.ToJsonString());
    }
}
