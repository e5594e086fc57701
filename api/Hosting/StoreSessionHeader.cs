using StreamCommerce.Engine.Storage.Cosmos;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// Where the stores are on several replicas: an answer that has written carries
/// <c>Store-Session</c>, and a request that brings it along reads what was written, whichever
/// instance it reaches. Callers send the newest one that they have, for some seconds.
/// </summary>
internal static class StoreSessionHeader
{
    private const string Name = "Store-Session";

    public static void UseStoreSession(this WebApplication app, TimeProvider time) => app.Use(
        (context, next) =>
    {
        var session = CosmosSession.Parse(
            context.Request.Headers[Name].ToString(), time.GetUtcNow());
        CosmosSession.Current = session;
        context.Response.OnStarting(static state =>
        {
            var (context, session) = ((HttpContext, CosmosSession))state;
            if (session.HasWritten && session.ToString() is { Length: > 0 } token)
                context.Response.Headers[Name] = token;
            return Task.CompletedTask;
        }, (context, session));
        return next(context);
    });
}
