using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// The network between a process of the shop and a bank: slow, lossy, and out of order. What was
/// sent may arrive long after its sender gave up, or died.
/// </summary>
internal sealed class BankGateway(Bank bank, SimulatedShop shop, Life life) : IPaymentGateway
{
    private static readonly TimeSpan UsualWay = TimeSpan.FromMilliseconds(300);

    // Beyond the timeout of a call, and beyond a restart.
    private static readonly TimeSpan LateWay = TimeSpan.FromMinutes(3);

    public string Name => bank.Name;

    public ValueTask<PaymentOutcome> AuthorizeAsync(PaymentRequest request, CancellationToken ct) =>
        AskAsync(request.Operation, "does", () => bank.Do(request), ct);

    public ValueTask<PaymentOutcome> CaptureAsync(PaymentRequest request, CancellationToken ct) =>
        AuthorizeAsync(request, ct);

    public ValueTask<PaymentOutcome> VoidAsync(PaymentRequest request, CancellationToken ct) =>
        AuthorizeAsync(request, ct);

    public ValueTask<PaymentOutcome> RefundAsync(PaymentRequest request, CancellationToken ct) =>
        AuthorizeAsync(request, ct);

    public ValueTask<PaymentOutcome> QueryAsync(PaymentOperation operation, CancellationToken ct) =>
        AskAsync(operation, "tells", () => bank.Find(operation), ct);

    public ValueTask<GatewayPage> ListAsync(
        DateTimeOffset from, DateTimeOffset to, string? page, CancellationToken ct) =>
        ValueTask.FromResult(new GatewayPage([], null));

    public PaymentNotice? ReadNotice(ReadOnlySpan<byte> body) => null;

    private async ValueTask<PaymentOutcome> AskAsync(
        PaymentOperation operation, string what, Func<PaymentOutcome> effect, CancellationToken ct)
    {
        await shop.CrashPointAsync(life, "before gateway");
        var chance = shop.Chance;
        if (chance.Strikes(chance.GatewayUnavailable) || shop.IsDown(bank))
        {
            shop.Trace.Add("unavailable", bank.Name, operation.Id.Value);
            await life.PauseAsync(chance.UpTo(UsualWay));
            throw new GatewayUnavailableException("The simulated gateway does not work now.");
        }
        var answer = new TaskCompletionSource<PaymentOutcome>();
        if (!chance.Strikes(chance.GatewayLostRequest))
            Send(operation, what, effect, answer);
        if (chance.Strikes(chance.GatewayBroken))
        {
            await life.PauseAsync(chance.UpTo(UsualWay));
            throw new HttpRequestException("The simulated connection broke.");
        }
        var outcome = await answer.Task.WaitAsync(ct);
        await shop.CrashPointAsync(life, "after gateway");
        return outcome;
    }

    private void Send(
        PaymentOperation operation, string what, Func<PaymentOutcome> effect,
        TaskCompletionSource<PaymentOutcome> answer)
    {
        var (world, chance) = (life.World, shop.Chance);
        var way = chance.Strikes(chance.GatewayLate) ? LateWay : UsualWay;
        world.After(chance.UpTo(way), world.Outside, () =>
        {
            var outcome = effect();
            shop.Trace.Add(bank.Name, operation.Id.Value,
                $"{what} {operation.Kind}: {outcome.GetType().Name}");
            if (chance.Strikes(chance.GatewayLostAnswer)) return;
            world.After(chance.UpTo(UsualWay), life, () => answer.TrySetResult(outcome));
        });
    }
}
