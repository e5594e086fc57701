using System.Net;
using Stripe;

namespace StreamCommerce.Engine.Payments.Stripe;

/// <summary>
/// Stripe's API by payment intents with manual capture. Our operation's id is the
/// <c>Idempotency-Key</c> and is in the metadata, by which a lost answer is found. Any thread.
/// </summary>
/// <remarks>
/// Stripe forgets idempotency keys after a day at the earliest; what is sent again later is caught
/// by asking first (an authorization) or by the intent's state (everything else).
/// </remarks>
public sealed class StripeGateway : IPaymentGateway, IDisposable
{
    private const int PageLimit = 100;

    private readonly HttpClient _http;
    private readonly StripeSearch _search;
    private readonly PaymentIntentService _intents;
    private readonly RefundService _refunds;

    /// <summary>Talks to the address of the options, or to Stripe.</summary>
    public StripeGateway(GatewayOptions options, TimeProvider time)
    {
        Name = options.Name;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A change of Stripe's addresses is followed within minutes.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(5),
        })
        {
            // The desk limits the time of a call, by its own clock.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var client = new StripeClient(new StripeClientOptions
        {
            ApiKey = options.Key,
            ApiBase = options.BaseAddress?.ToString().TrimEnd('/'),
            // It must not repeat by itself: only the desk knows when that is right.
            HttpClient = new SystemNetHttpClient(
                _http, maxNetworkRetries: 0, appInfo: null, enableTelemetry: false),
        });
        _intents = new PaymentIntentService(client);
        _refunds = new RefundService(client);
        _search = new StripeSearch(_intents, _refunds, time);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<PaymentOutcome> AuthorizeAsync(PaymentRequest request, CancellationToken ct)
    {
        var operation = request.Operation;
        if (!StripeAmounts.TryFrom(operation.Amount, out var units))
            return Reject($"Stripe has no amount of {operation.Amount}.");
        if (request.Method is not { } method) return Reject("There is no payment method.");
        var options = new PaymentIntentCreateOptions
        {
            Amount = units,
            Currency = operation.Amount.Currency.Code.ToLowerInvariant(),
            CaptureMethod = "manual",
            Confirm = true,
            AllowedPaymentMethodTypes = ["card"],
            Metadata = StripeIntents.MetadataOf(operation),
            ReturnUrl = request.ReturnUrl?.ToString(),
        };
        if (request.StepUp)
        {
            options.PaymentMethodOptions = new()
            {
                Card = new() { RequestThreeDSecure = "any" },
            };
        }
        if (method.Token.StartsWith("tok_", StringComparison.Ordinal))
        {
            options.AddExtraParam("payment_method_data[type]", "card");
            options.AddExtraParam("payment_method_data[card][token]", method.Token);
        }
        else
        {
            options.PaymentMethod = method.Token;
        }
        return CallAsync(operation, async ct => StripeIntents.Authorization(
            await _intents.CreateAsync(options, KeyOf(operation), ct)), ct);
    }

    /// <inheritdoc/>
    public ValueTask<PaymentOutcome> CaptureAsync(PaymentRequest request, CancellationToken ct)
    {
        var operation = request.Operation;
        if (!StripeAmounts.TryFrom(operation.Amount, out var units))
            return Reject($"Stripe has no amount of {operation.Amount}.");
        var (key, value) = StripeIntents.CaptureNote(operation, units);
        var options = new PaymentIntentCaptureOptions
        {
            AmountToCapture = units,
            FinalCapture = operation.KeepRest ? false : null,
            Metadata = new() { [key] = value },
        };
        return CallAsync(operation, async ct =>
        {
            var intent = await _intents.CaptureAsync(
                operation.Target, options, KeyOf(operation), ct);
            return new PaymentOutcome.Approved(intent.Id, operation.Amount);
        }, ct);
    }

    /// <inheritdoc/>
    public ValueTask<PaymentOutcome> VoidAsync(PaymentRequest request, CancellationToken ct) =>
        CallAsync(request.Operation, async ct => StripeIntents.Void(await _intents.CancelAsync(
            request.Operation.Target, new PaymentIntentCancelOptions(),
            KeyOf(request.Operation), ct)), ct);

    /// <inheritdoc/>
    public ValueTask<PaymentOutcome> RefundAsync(PaymentRequest request, CancellationToken ct)
    {
        var operation = request.Operation;
        if (!StripeAmounts.TryFrom(operation.Amount, out var units))
            return Reject($"Stripe has no amount of {operation.Amount}.");
        var options = new RefundCreateOptions
        {
            PaymentIntent = operation.Target,
            Amount = units,
            Metadata = StripeIntents.MetadataOf(operation),
        };
        return CallAsync(operation, async ct => StripeIntents.Refund(
            await _refunds.CreateAsync(options, KeyOf(operation), ct)), ct);
    }

    /// <inheritdoc/>
    public async ValueTask<PaymentOutcome> QueryAsync(
        PaymentOperation operation, CancellationToken ct)
    {
        try
        {
            return await _search.FindAsync(operation, ct);
        }
        catch (StripeException fault) when (fault.HttpStatusCode == HttpStatusCode.NotFound)
        {
            // The target is not Stripe's: then neither is anything done to it.
            return new PaymentOutcome.NeverSeen();
        }
        catch (StripeException fault)
        {
            throw new HttpRequestException(fault.Message, fault, fault.HttpStatusCode);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Payment intents first, then refunds, each by the time of their creation: captures and voids
    /// come with their authorization.
    /// </remarks>
    public async ValueTask<GatewayPage> ListAsync(
        DateTimeOffset from, DateTimeOffset to, string? page, CancellationToken ct)
    {
        try
        {
            return await _search.ListAsync(from, to, page, PageLimit, ct);
        }
        catch (StripeException fault)
        {
            throw new HttpRequestException(fault.Message, fault, fault.HttpStatusCode);
        }
    }

    /// <inheritdoc/>
    public PaymentNotice? ReadNotice(ReadOnlySpan<byte> body) => StripeNotices.Read(Name, body);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private async ValueTask<PaymentOutcome> CallAsync(
        PaymentOperation operation,
        Func<CancellationToken, Task<PaymentOutcome>> call,
        CancellationToken ct)
    {
        try
        {
            return await call(ct);
        }
        catch (StripeException fault)
        {
            return await ReadAsync(fault, operation, ct);
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError)
        {
            throw new GatewayUnavailableException($"{Name} cannot be reached.", fault);
        }
    }

    private async ValueTask<PaymentOutcome> ReadAsync(
        StripeException fault, PaymentOperation operation, CancellationToken ct)
    {
        var error = fault.StripeError;
        switch ((int)fault.HttpStatusCode)
        {
            case 402 when operation.Kind == PaymentKind.Authorize:
                return StripeIntents.Declined(error, error?.PaymentIntent?.Id);
            case 401 or 403:
                // A wrong key: nothing is done, and another gateway may do better.
                throw new GatewayUnavailableException($"{Name}: {fault.Message}", fault);
            case 429:
                throw new GatewayUnavailableException($"{Name}: {fault.Message}", fault)
                {
                    RetryAfter = fault.StripeResponse?.Headers?.RetryAfter?.Delta,
                };
            case 409 or >= 500 or 0:
                // A sending of the same key is still being worked on, or nobody knows.
                throw new HttpRequestException(
                    $"{Name}: {fault.Message}", fault, fault.HttpStatusCode);
            case 400 when error?.Code is "payment_intent_unexpected_state"
                or "charge_already_captured" or "charge_already_refunded":
                // It may be our own doing, sent again after Stripe forgot its key.
                var outcome = await QueryAsync(operation, ct);
                return outcome is PaymentOutcome.NeverSeen
                    ? new PaymentOutcome.Rejected(fault.Message) : outcome;
            default:
                return new PaymentOutcome.Rejected(fault.Message);
        }
    }

    private static RequestOptions KeyOf(PaymentOperation operation) =>
        new() { IdempotencyKey = operation.Id.Value };

    private static ValueTask<PaymentOutcome> Reject(string why) =>
        ValueTask.FromResult<PaymentOutcome>(new PaymentOutcome.Rejected(why));
}
