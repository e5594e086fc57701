using Microsoft.Extensions.DependencyInjection.Extensions;
using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Api.Payments;

/// <summary>The parts of payments in the service.</summary>
internal static class PaymentHosting
{
    /// <summary>
    /// Adds gateways, desks and the webhooks' loop. Who takes notices to the orders, and who lists
    /// the orders' operations, is added before; without them webhooks wait in the store.
    /// </summary>
    public static void AddPayments(
        this IServiceCollection services, PaymentOptions options, string dataDirectory)
    {
        services.AddSingleton(options);
        services.AddSingleton(provider => PaymentGateways.Open(
            options, dataDirectory, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new PaymentDesk(
            provider.GetRequiredService<PaymentGateways>().All, options,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<WebhookDesk>();
        services.AddSingleton<WebhookRelay>();
        services.AddSingleton<ReconciliationDesk>();
        services.TryAddSingleton<HandlePaymentNotice>(
            (_, _) => ValueTask.FromResult(false));
        services.TryAddSingleton<ListPaymentOperations>((_, _, _) => None());
        services.AddHostedService<WebhookService>();
    }

    private static async IAsyncEnumerable<PaymentOperation> None()
    {
        await Task.CompletedTask;
        yield break;
    }
}
