using StreamCommerce.Engine.Inventory;
using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Tests.Simulation;

/// <summary>One thing that a bank was asked, and what it did.</summary>
internal sealed class BankEntry(PaymentOperation asked, PaymentState state)
{
    public PaymentOperation Asked => asked;

    public PaymentState State { get; set; } = state;

    public string? DeclineCode { get; init; }

    /// <summary>Of an authorization: whether it was captured or let go.</summary>
    public bool IsClosed { get; set; }

    public decimal Captured { get; set; }

    public decimal Refunded { get; set; }

    public bool IsLive => asked.Kind == PaymentKind.Authorize && !IsClosed
        && State == PaymentState.Succeeded;
}

/// <summary>
/// A gateway's own books, outside of the shop: what it held, took and gave back. Every operation
/// id has one effect, and what breaks a rule has none.
/// </summary>
internal sealed class Bank(string name)
{
    private const string Prefix = "ref_";

    private readonly Dictionary<OperationId, BankEntry> _entries = [];

    public string Name => name;

    public IEnumerable<BankEntry> Entries => _entries.Values;

    /// <summary>An authorization or a movement of money was made, or a rule was broken.</summary>
    public Action<Bank, BankEntry, string?> OnEffect { get; set; } = (_, _, _) => { };

    public PaymentOutcome Do(PaymentRequest request)
    {
        var asked = request.Operation;
        if (_entries.TryGetValue(asked.Id, out var known))
        {
            var same = known.Asked.Kind == asked.Kind && known.Asked.Amount == asked.Amount
                && known.Asked.Target == asked.Target;
            if (same) return OutcomeOf(known);
            return Reject(known, "an id was used for something else");
        }
        if (asked.Kind == PaymentKind.Authorize) return Authorize(request);
        if (asked.Target is not { } target || !_entries.TryGetValue(
            new(target[Prefix.Length..]), out var held))
        {
            return Reject(new(asked, PaymentState.Failed), "there is no such authorization");
        }
        return Move(asked, held);
    }

    public PaymentOutcome Find(PaymentOperation operation) =>
        _entries.TryGetValue(operation.Id, out var entry)
            ? OutcomeOf(entry) : new PaymentOutcome.NeverSeen();

    /// <summary>The buyer confirms an authorization, or fails to.</summary>
    public bool Confirm(OperationId authorization, bool succeeds)
    {
        if (!_entries.TryGetValue(authorization, out var entry)
            || entry.State != PaymentState.ActionRequired) return false;
        entry.State = succeeds ? PaymentState.Succeeded : PaymentState.Declined;
        OnEffect(this, entry, null);
        return true;
    }

    private PaymentOutcome Authorize(PaymentRequest request)
    {
        var (state, code) = Cards.Judge(request.Method!.Token, name, request.StepUp);
        var entry = new BankEntry(request.Operation, state) { DeclineCode = code };
        return Book(entry);
    }

    private PaymentOutcome Move(PaymentOperation asked, BankEntry held)
    {
        var entry = new BankEntry(asked, PaymentState.Succeeded);
        var amount = asked.Amount.Amount;
        switch (asked.Kind)
        {
            case PaymentKind.Capture:
                if (!held.IsLive || amount > held.Asked.Amount.Amount)
                    return Reject(entry, "more was to be captured than is held");
                (held.Captured, held.IsClosed) = (amount, true);
                break;
            case PaymentKind.Refund:
                if (amount > held.Captured - held.Refunded)
                    return Reject(entry, "more was to be refunded than was captured");
                held.Refunded += amount;
                break;
            default:
                if (held.Captured > 0)
                    return Reject(entry, "what was captured was to be let go");
                if (held.State == PaymentState.ActionRequired) held.State = PaymentState.Declined;
                held.IsClosed = true;
                break;
        }
        return Book(entry);
    }

    private PaymentOutcome Book(BankEntry entry)
    {
        _entries.Add(entry.Asked.Id, entry);
        OnEffect(this, entry, null);
        return OutcomeOf(entry);
    }

    private PaymentOutcome.Rejected Reject(BankEntry entry, string why)
    {
        OnEffect(this, entry, why);
        return new PaymentOutcome.Rejected(why);
    }

    private static PaymentOutcome OutcomeOf(BankEntry entry)
    {
        var reference = entry.Asked.Target ?? Prefix + entry.Asked.Id.Value;
        var code = entry.DeclineCode ?? "authentication_failed";
        return entry.State switch
        {
            PaymentState.Declined => new PaymentOutcome.Declined(
                code, DeclineCodes.ActionOf(code), reference),
            PaymentState.ActionRequired => new PaymentOutcome.ActionRequired(reference, reference),
            _ => new PaymentOutcome.Approved(reference, entry.Asked.Amount),
        };
    }
}

/// <summary>Tokens of cards, and what banks say to them.</summary>
internal static class Cards
{
    public const string Good = "tok_good";
    public const string Poor = "tok_poor";
    public const string Confirmed = "tok_confirmed";
    public const string WantsStepUp = "tok_wants_step_up";

    /// <summary>The gateway of that name cannot charge it; others can.</summary>
    public static string NotAt(string gateway) => "tok_not_at_" + gateway;

    public static (PaymentState State, string? Code) Judge(
        string token, string gateway, bool stepUp)
    {
        if (token == Poor) return (PaymentState.Declined, "insufficient_funds");
        if (token == NotAt(gateway)) return (PaymentState.Declined, "processing_error");
        if (token == WantsStepUp && !stepUp)
            return (PaymentState.Declined, DeclineCodes.AuthenticationRequired);
        return (token is Confirmed or WantsStepUp || stepUp
            ? PaymentState.ActionRequired : PaymentState.Succeeded, null);
    }
}
