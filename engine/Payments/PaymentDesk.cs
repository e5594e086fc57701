namespace StreamCommerce.Engine.Payments;

/// <summary>
/// Takes payment operations to their gateways. Trouble of a gateway is an outcome here, never an
/// exception. Any thread.
/// </summary>
public sealed class PaymentDesk(IReadOnlyList<IPaymentGateway> gateways)
{
    /// <summary>
    /// The gateway for an authorization, or null where none is left that takes it. Decide it before
    /// the operation is stored.
    /// </summary>
    public string? Route(PaymentRouteRequest request) =>
        gateways.FirstOrDefault(one => !request.Tried.Contains(one.Name))?.Name;

    /// <summary>
    /// Does an operation that is stored. After <see cref="PaymentOutcome.Unknown"/> query it before
    /// any other attempt.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token; what was sent is unknown.
    /// </exception>
    public async ValueTask<PaymentOutcome> ExecuteAsync(
        PaymentRequest request, CancellationToken ct)
    {
        var gateway = gateways.First(one => one.Name == request.Operation.Gateway);
        return request.Operation.Kind switch
        {
            PaymentKind.Authorize => await gateway.AuthorizeAsync(request, ct),
            PaymentKind.Capture => await gateway.CaptureAsync(request, ct),
            PaymentKind.Void => await gateway.VoidAsync(request, ct),
            _ => await gateway.RefundAsync(request, ct),
        };
    }

    /// <summary>What became of an operation; Unknown where the gateway cannot be asked now.
    /// </summary>
    public ValueTask<PaymentOutcome> QueryAsync(PaymentOperation operation, CancellationToken ct) =>
        gateways.First(one => one.Name == operation.Gateway).QueryAsync(operation, ct);
}
