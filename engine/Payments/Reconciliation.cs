using StreamCommerce.Engine.Inventory;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Payments;

/// <summary>How shop and gateway disagree.</summary>
public enum ReconciliationFault
{
    /// <summary>The shop says that it was done; the gateway does not know it.</summary>
    MissingAtGateway,

    /// <summary>The gateway did something that no order of the shop has on record.</summary>
    MissingHere,

    /// <summary>Money was taken, and no order of the shop has it on record.</summary>
    CapturedWithoutOrder,

    /// <summary>Both did it, with different amounts.</summary>
    AmountDiffers,

    /// <summary>One says that it was done, the other that it was not.</summary>
    StateDiffers,

    /// <summary>The gateway is done with it; the shop still waits to know.</summary>
    Undecided,
}

/// <summary>One disagreement.</summary>
/// <param name="Fault">Which.</param>
/// <param name="Gateway">With whom.</param>
/// <param name="Operation">Our id, where it is known.</param>
/// <param name="Order">Our order, where it is known.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Here">The shop's amount; null where it has none.</param>
/// <param name="HereState">The shop's state; null where it has none.</param>
/// <param name="There">The gateway's amount; null where it has none.</param>
/// <param name="ThereState">The gateway's state; null where it has none.</param>
/// <param name="Reference">The gateway's reference, where it is known.</param>
public sealed record ReconciliationException(
    ReconciliationFault Fault,
    string Gateway,
    OperationId? Operation,
    OrderId? Order,
    PaymentKind Kind,
    Money? Here,
    PaymentState? HereState,
    Money? There,
    PaymentState? ThereState,
    string? Reference);

/// <summary>Orders' operations against the gateways' own lists.</summary>
/// <param name="From">The earliest time, inclusive.</param>
/// <param name="To">The end, exclusive.</param>
/// <param name="Matched">Operations on which both agree.</param>
/// <param name="Exceptions">Those on which they do not.</param>
/// <param name="IsComplete">False where a gateway could not be asked, or there was too much.
/// </param>
public sealed record ReconciliationReport(
    DateTimeOffset From,
    DateTimeOffset To,
    long Matched,
    IReadOnlyList<ReconciliationException> Exceptions,
    bool IsComplete);

/// <summary>
/// Compares what the shop has on record with what a gateway has. Pure. Operations meet by id; what
/// the gateway cannot name (a void at Stripe) by kind and reference.
/// </summary>
public static class Reconciliation
{
    /// <summary>Compares the operations of one gateway.</summary>
    /// <returns>How many agree, and the disagreements.</returns>
    public static (long Matched, IReadOnlyList<ReconciliationException> Exceptions) Compare(
        string gateway,
        IEnumerable<PaymentOperation> here,
        IEnumerable<GatewayRecord> there)
    {
        var byId = new Dictionary<OperationId, GatewayRecord>();
        var byReference = new Dictionary<(PaymentKind, string), GatewayRecord>();
        foreach (var record in there)
        {
            if (record.Operation is { } id) byId[id] = record;
            else byReference[(record.Kind, record.Reference)] = record;
        }
        var (matched, exceptions) = (0L, new List<ReconciliationException>());
        foreach (var operation in here)
        {
            if (!byId.Remove(operation.Id, out var record) && operation.Target is { } target)
                byReference.Remove((operation.Kind, target), out record);
            if (Judge(operation, record) is { } fault)
                exceptions.Add(Exception(fault, gateway, operation, record));
            else matched++;
        }
        foreach (var record in byId.Values.Concat(byReference.Values))
        {
            // What came to nothing there is no loss when it is not on record here.
            if (record.State != PaymentState.Succeeded) continue;
            var fault = record.Kind == PaymentKind.Capture
                ? ReconciliationFault.CapturedWithoutOrder : ReconciliationFault.MissingHere;
            exceptions.Add(Exception(fault, gateway, null, record));
        }
        return (matched, exceptions);
    }

    private static ReconciliationFault? Judge(PaymentOperation here, GatewayRecord? there)
    {
        var isDone = here.State == PaymentState.Succeeded;
        if (there is null) return isDone ? ReconciliationFault.MissingAtGateway : null;
        var isDoneThere = there.State == PaymentState.Succeeded;
        var isOpen = here.State is PaymentState.Pending or PaymentState.Unknown
            or PaymentState.ActionRequired;
        if (isOpen) return there.State == here.State || there.State == PaymentState.Pending
            ? null : ReconciliationFault.Undecided;
        if (isDone != isDoneThere) return ReconciliationFault.StateDiffers;
        // A void's amount is what was held, whatever was taken before.
        return isDone && here.Kind != PaymentKind.Void && here.Amount != there.Amount
            ? ReconciliationFault.AmountDiffers : null;
    }

    private static ReconciliationException Exception(
        ReconciliationFault fault, string gateway, PaymentOperation? here, GatewayRecord? there) =>
        new(fault, gateway, here?.Id ?? there?.Operation, here?.Order ?? there?.Order,
            here?.Kind ?? there!.Kind, here?.Amount, here?.State, there?.Amount, there?.State,
            there?.Reference ?? here?.Reference);
}
