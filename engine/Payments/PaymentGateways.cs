using StreamCommerce.Engine.Payments.Sandbox;
using StreamCommerce.Engine.Payments.Stripe;

namespace StreamCommerce.Engine.Payments;

/// <summary>Opens the gateways that the options name. Disposing closes them.</summary>
public sealed class PaymentGateways : IDisposable
{
    private readonly List<IPaymentGateway> _gateways = [];

    private PaymentGateways()
    {
    }

    /// <summary>The gateways, in the order of the options.</summary>
    public IReadOnlyList<IPaymentGateway> All => _gateways;

    /// <summary>Opens all, or none.</summary>
    /// <param name="options">Which.</param>
    /// <param name="dataDirectory">Where a sandbox keeps its ledger, unless its
    /// options say otherwise.</param>
    /// <param name="time">Their clock.</param>
    /// <exception cref="IOException">A sandbox's ledger is in use, or its disk full.</exception>
    public static PaymentGateways Open(
        PaymentOptions options, string dataDirectory, TimeProvider time)
    {
        var opened = new PaymentGateways();
        try
        {
            foreach (var settings in options.GatewaysOrSandbox())
                opened._gateways.Add(Open(settings, dataDirectory, time));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var gateway in _gateways) (gateway as IDisposable)?.Dispose();
    }

    private static IPaymentGateway Open(
        GatewayOptions settings, string dataDirectory, TimeProvider time)
    {
        if (settings.Kind == GatewayKind.Stripe) return new StripeGateway(settings, time);
        // Beside the shop's data, unless it is asked to forget: a shop that was restarted would
        // otherwise find a bank that knows none of its payments.
        return new SandboxGateway(settings, time, settings.Journal switch
        {
            null => Path.Combine(dataDirectory, "sandbox", settings.Name),
            "" => null,
            var journal => Path.Combine(dataDirectory, journal),
        });
    }
}
