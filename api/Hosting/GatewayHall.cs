using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Payments.Sandbox;

namespace StreamCommerce.Api.Hosting;

/// <summary>The open gateways of the configuration.</summary>
internal sealed class GatewayHall : IDisposable
{
    public GatewayHall(PaymentOptions options, ServiceSettings settings)
    {
        var gateways = new List<IPaymentGateway>();
        foreach (var one in options.GatewaysOrSandbox())
        {
            // A sandbox stands for the world outside: it must remember what we forget in a crash.
            one.Journal ??= Path.Combine(settings.DataDirectory, "gateways", one.Name);
            gateways.Add(new SandboxGateway(one, settings.Time));
        }
        Gateways = gateways;
    }

    public IReadOnlyList<IPaymentGateway> Gateways { get; }

    public void Dispose()
    {
        foreach (var gateway in Gateways) (gateway as IDisposable)?.Dispose();
    }
}
