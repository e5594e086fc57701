using System.Collections.Concurrent;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Tests.Engine.Payments;

namespace StreamCommerce.Tests.Engine.Checkout;

/// <summary>
/// Two gateways, and two processes that send the same authorization: while the first sends it, the
/// other takes the order on and sends it, too; the first one's sending fails, and whatever the
/// first does then is done before the other's arrives.
/// </summary>
internal sealed class SendingRace
{
    private readonly TaskCompletionSource _otherSends = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _firstIsDone = new(
        TaskCreationOptions.RunContinuationsAsynchronously);

    private int _sendings;
    private Task? _other;

    public SendingRace()
    {
        Gateways = [new("one"), new("two")];
        foreach (var gateway in Gateways)
            gateway.Answer = (request, _) => AnswerAsync(gateway.Name, request.Operation);
    }

    public ScriptedGateway[] Gateways { get; }

    public PaymentOptions Options { get; } = new()
    {
        RetryLimit = 0,
        Gateways = [new() { Name = "one" }, new() { Name = "two" }],
    };

    /// <summary>What the other process does.</summary>
    public Func<Task> Other { get; set; } = () => Task.CompletedTask;

    /// <summary>Authorizations that hold money, by gateway and operation.</summary>
    public ConcurrentDictionary<(string Gateway, string Operation), bool> Held { get; } = [];

    /// <summary>The first is done: now the other's sending arrives.</summary>
    public Task EndAsync()
    {
        _firstIsDone.SetResult();
        return _other!;
    }

    private async ValueTask<PaymentOutcome> AnswerAsync(
        string gateway, PaymentOperation operation)
    {
        switch (Interlocked.Increment(ref _sendings))
        {
            case 1:
                _other = Task.Run(Other);
                await _otherSends.Task;
                throw new GatewayUnavailableException("It is down for this one.");
            case 2:
                _otherSends.SetResult();
                await _firstIsDone.Task;
                break;
            default:
                break;
        }
        if (operation.Kind == PaymentKind.Authorize) Held[(gateway, operation.Id.Value)] = true;
        return new PaymentOutcome.Approved("ref", operation.Amount);
    }
}
