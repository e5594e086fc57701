using StreamCommerce.Api.Hosting;
using StreamCommerce.Api.Stock;
using StreamCommerce.Engine.Carts;
using StreamCommerce.Engine.Catalogue;
using StreamCommerce.Engine.Checkout;
using StreamCommerce.Engine.Fraud;
using StreamCommerce.Engine.Payments;
using StreamCommerce.Engine.Pricing;

namespace StreamCommerce.Api.Checkout;

/// <summary>The parts of checkout in the service.</summary>
internal static class CheckoutHosting
{
    /// <summary>Adds quotes, saga and what resumes it, and ties payments to the orders.</summary>
    public static void AddCheckout(this IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton(provider => new QuoteDesk(
            provider.GetRequiredService<IProductStore>(),
            provider.GetRequiredService<ICartStore>(),
            provider.GetRequiredService<ICouponStore>(),
            Book(provider.GetRequiredService<PriceBooks>()),
            settings.Time));
        services.AddSingleton<OrderSaga>();
        services.AddSingleton(provider => new CheckoutDesk(
            provider.GetRequiredService<QuoteDesk>(),
            provider.GetRequiredService<ICheckoutStore>(),
            provider.GetRequiredService<OrderSaga>(),
            provider.GetRequiredService<PaymentDesk>(),
            provider.GetRequiredService<FraudScreen>(),
            provider.GetRequiredService<OwnRegion>().Stock,
            settings.Time));
        services.AddSingleton<HandlePaymentNotice>(
            provider => provider.GetRequiredService<OrderSaga>().NoticeAsync);
        services.AddSingleton<ListPaymentOperations>(provider => (from, to, ct) =>
            PaymentHistory.ListAsync(provider.GetRequiredService<IOrderStore>(), from, to, ct));
        services.AddHostedService<CheckoutService>();
    }

    private static Func<PriceBook> Book(PriceBooks books) => () => books.Current;
}
