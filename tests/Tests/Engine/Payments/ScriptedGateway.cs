using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Tests.Engine.Payments;

/// <summary>A gateway that does what a test says, and counts.</summary>
internal sealed class ScriptedGateway(string name) : IPaymentGateway
{
    public string Name => name;

    public int Calls { get; private set; }

    public Func<PaymentRequest, CancellationToken, ValueTask<PaymentOutcome>> Answer { get; set; } =
        (request, _) => ValueTask.FromResult<PaymentOutcome>(
            new PaymentOutcome.Approved("ref", request.Operation.Amount));

    public Func<ValueTask<PaymentOutcome>> Query { get; set; } =
        () => ValueTask.FromResult<PaymentOutcome>(new PaymentOutcome.NeverSeen());

    public ValueTask<PaymentOutcome> AuthorizeAsync(PaymentRequest request, CancellationToken ct)
    {
        Calls++;
        return Answer(request, ct);
    }

    public ValueTask<PaymentOutcome> CaptureAsync(PaymentRequest request, CancellationToken ct) =>
        AuthorizeAsync(request, ct);

    public ValueTask<PaymentOutcome> VoidAsync(PaymentRequest request, CancellationToken ct) =>
        AuthorizeAsync(request, ct);

    public ValueTask<PaymentOutcome> RefundAsync(PaymentRequest request, CancellationToken ct) =>
        AuthorizeAsync(request, ct);

    public ValueTask<PaymentOutcome> QueryAsync(PaymentOperation operation, CancellationToken ct) =>
        Query();

    public ValueTask<GatewayPage> ListAsync(
        DateTimeOffset from, DateTimeOffset to, string? page, CancellationToken ct) =>
        ValueTask.FromResult(new GatewayPage([], null));

    public PaymentNotice? ReadNotice(ReadOnlySpan<byte> body) => null;
}
