using StreamCommerce.Engine.Carts;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Pipeline.Forgetting;

/// <summary>The carts of visitors.</summary>
public sealed class CartPlace(ICartStore carts) : IVisitorPlace
{
    public string Name => "carts";

    public async ValueTask<long> ForgetAsync(VisitorId visitor, CancellationToken ct) =>
        await carts.ForgetVisitorAsync(visitor, ct);

    public async ValueTask<long> CountAsync(VisitorId visitor, CancellationToken ct) =>
        await carts.CountOfAsync(visitor, ct);
}
