using System.Globalization;
using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments.Sandbox;

/// <summary>
/// A gateway inside this process, for tests and demonstrations: no money moves. It answers by the
/// test cards of <see cref="Cards"/> and keeps a ledger of its own, which survives a crash of the
/// shop where it has a journal, as an outside gateway's would. Any thread.
/// </summary>
public sealed class SandboxGateway : IPaymentGateway, IDisposable
{
    private const string ReferencePrefix = "sbx_";
    private const string StepUpFailed = "authentication_failed";

    // Lost requests that are remembered, so that the second one arrives.
    private const int LostLimit = 10_000;

    private readonly SandboxLedger _ledger;
    private readonly TimeProvider _time;
    private readonly TimeSpan _slowAnswer;
    private readonly HashSet<OperationId> _lost = [];

    /// <summary>Opens the ledger.</summary>
    /// <param name="options">Name, limits and delay.</param>
    /// <param name="time">The clock of records and of slow answers.</param>
    /// <param name="journal">The ledger's folder; in memory only where null.</param>
    /// <exception cref="IOException">Its folder is in use, or its disk full.</exception>
    public SandboxGateway(GatewayOptions options, TimeProvider time, string? journal = null)
    {
        Name = options.Name;
        _time = time;
        _slowAnswer = options.SlowAnswer;
        _ledger = new SandboxLedger(journal, options.LedgerLimit);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The tokens that it knows, and what each of them does.</summary>
    public static IEnumerable<(string Token, string Meaning)> Cards =>
        SandboxCard.All.Select(card => (card.Token, card.Meaning));

    /// <inheritdoc/>
    public ValueTask<PaymentOutcome> AuthorizeAsync(PaymentRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var operation = request.Operation;
        var card = request.Method is { } method ? SandboxCard.Find(method.Token) : null;
        if (card is null) return Reject($"There is no test card {request.Method?.Token}.");
        if (!MinorUnits.TryFrom(operation.Amount, out var minor) || minor <= 0)
            return Reject($"{operation.Amount} is no amount in whole minor units.");
        if (card.Fault == SandboxFault.Unavailable)
            throw new GatewayUnavailableException($"{Name} cannot work now.");
        // What was tried before was lost then, by a sandbox whose memory may have ended since.
        if (card.Fault == SandboxFault.LostRequest && operation.Tries == 0 && Lose(operation.Id))
            throw new TimeoutException($"{Name} did not answer.");

        var (known, fault) = _ledger.Add(RecordOf(operation, minor) with
        {
            State = StateOf(card, request.StepUp),
            Code = card.Code,
            Fault = card.Fault is SandboxFault.LostCapture or SandboxFault.LostRefund
                ? card.Fault : SandboxFault.None,
        });
        if (fault is not null) return Reject(fault);
        if (known is { } before) return ValueTask.FromResult(Repeat(before, operation));
        if (card.Fault == SandboxFault.LostAnswer)
            throw new TimeoutException($"{Name} did not answer.");
        var outcome = OutcomeOf(
            operation.Id.Value, operation.Kind, StateOf(card, request.StepUp), card.Code,
            operation.Amount);
        return card.Fault == SandboxFault.Slow
            ? AnswerLateAsync(outcome, ct) : ValueTask.FromResult(outcome);
    }

    /// <inheritdoc/>
    public ValueTask<PaymentOutcome> CaptureAsync(PaymentRequest request, CancellationToken ct) =>
        Move(request.Operation, SandboxFault.LostCapture, ct);

    /// <inheritdoc/>
    public ValueTask<PaymentOutcome> VoidAsync(PaymentRequest request, CancellationToken ct) =>
        Move(request.Operation, SandboxFault.None, ct);

    /// <inheritdoc/>
    public ValueTask<PaymentOutcome> RefundAsync(PaymentRequest request, CancellationToken ct) =>
        Move(request.Operation, SandboxFault.LostRefund, ct);

    /// <inheritdoc/>
    public ValueTask<PaymentOutcome> QueryAsync(PaymentOperation operation, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_ledger.Find(operation.Id.Value, out var record)
            ? Repeat(record, operation) : new PaymentOutcome.NeverSeen());
    }

    /// <inheritdoc/>
    public ValueTask<GatewayPage> ListAsync(
        DateTimeOffset from, DateTimeOffset to, string? page, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        long? position = page is null ? null : long.Parse(page, CultureInfo.InvariantCulture);
        var (records, next) = _ledger.List(from, to, position);
        return ValueTask.FromResult(new GatewayPage(
            [.. records.Select(record => new GatewayRecord(
                record.Operation, record.Order, record.Kind, record.State, record.Amount,
                ReferencePrefix + (record.Target ?? record.Operation.Value), record.At))],
            next?.ToString(CultureInfo.InvariantCulture)));
    }

    /// <inheritdoc/>
    public PaymentNotice? ReadNotice(ReadOnlySpan<byte> body) => SandboxWebhook.Read(Name, body);

    /// <summary>
    /// The buyer's answer to a step-up. Null where no authorization of that reference waits for
    /// one; otherwise what the gateway knows of it now.
    /// </summary>
    public GatewayRecord? CompleteStepUp(string reference, bool approve)
    {
        if (OperationOf(reference) is not { } operation) return null;
        return _ledger.Complete(operation, approve, StepUpFailed, _time.GetUtcNow()) is { } done
            ? new GatewayRecord(done.Operation, done.Order, done.Kind, done.State, done.Amount,
                reference, done.At)
            : null;
    }

    /// <summary>Closes the ledger.</summary>
    public void Dispose() => _ledger.Dispose();

    private ValueTask<PaymentOutcome> Move(
        PaymentOperation operation, SandboxFault lost, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (OperationOf(operation.Target) is not { } target)
            return Reject($"'{operation.Target}' is no authorization of {Name}.");
        if (!MinorUnits.TryFrom(operation.Amount, out var minor) || minor <= 0)
            return Reject($"{operation.Amount} is no amount in whole minor units.");
        var (known, fault) = _ledger.Add(RecordOf(operation, minor) with
        {
            Target = target,
            KeepRest = operation.KeepRest,
        });
        if (fault is not null) return Reject(fault);
        if (known is { } before) return ValueTask.FromResult(Repeat(before, operation));
        if (lost != SandboxFault.None && _ledger.FaultOf(target) == lost)
            throw new TimeoutException($"{Name} did not answer.");
        return ValueTask.FromResult(OutcomeOf(
            target, operation.Kind, PaymentState.Succeeded, null, operation.Amount));
    }

    private SandboxRecord RecordOf(PaymentOperation operation, long minor) => new(
        operation.Id, operation.Order, operation.Kind, PaymentState.Succeeded, minor,
        operation.Amount.Currency, _time.GetUtcNow());

    private static PaymentState StateOf(SandboxCard card, bool stepUp) => card.Answer switch
    {
        SandboxAnswer.StepUp => PaymentState.ActionRequired,
        SandboxAnswer.Decline when stepUp && card.Code == DeclineCodes.AuthenticationRequired =>
            PaymentState.ActionRequired,
        SandboxAnswer.Decline => PaymentState.Declined,
        _ => stepUp ? PaymentState.ActionRequired : PaymentState.Succeeded,
    };

    private static PaymentOutcome Repeat(in SandboxRecord before, PaymentOperation operation)
    {
        var isSame = before.Kind == operation.Kind && before.Amount == operation.Amount
            && before.Target == OperationOf(operation.Target);
        return isSame
            ? OutcomeOf(before.Target ?? before.Operation.Value, before.Kind, before.State,
                before.Code, before.Amount)
            : new PaymentOutcome.Rejected($"{operation.Id} was used for another operation.");
    }

    private static PaymentOutcome OutcomeOf(
        string authorization, PaymentKind kind, PaymentState state, string? code, Money amount)
    {
        var reference = ReferencePrefix + authorization;
        return state switch
        {
            PaymentState.Declined => new PaymentOutcome.Declined(
                code ?? DeclineCodes.Generic, DeclineCodes.ActionOf(code ?? DeclineCodes.Generic),
                reference),
            PaymentState.ActionRequired when kind == PaymentKind.Authorize =>
                new PaymentOutcome.ActionRequired(reference, reference),
            _ => new PaymentOutcome.Approved(reference, amount),
        };
    }

    private async ValueTask<PaymentOutcome> AnswerLateAsync(
        PaymentOutcome outcome, CancellationToken ct)
    {
        await Task.Delay(_slowAnswer, _time, ct);
        return outcome;
    }

    private bool Lose(OperationId id)
    {
        lock (_lost)
        {
            if (_lost.Count >= LostLimit) _lost.Clear();
            return !_ledger.Find(id.Value, out _) && _lost.Add(id);
        }
    }

    private static string? OperationOf(string? reference) =>
        reference?.StartsWith(ReferencePrefix, StringComparison.Ordinal) == true
            ? reference[ReferencePrefix.Length..] : null;

    private static ValueTask<PaymentOutcome> Reject(string why) =>
        ValueTask.FromResult<PaymentOutcome>(new PaymentOutcome.Rejected(why));
}
