namespace StreamCommerce.Api.Hosting;

/// <summary>
/// Tells browsers to run and load nothing but what this service serves, whatever a text of the
/// shop says. On every answer, since an error can be looked at in a browser, too.
/// </summary>
internal static class SecurityHeaders
{
    // Images as data: the icons of /docs and the page's empty one. No inline script or style:
    // the live page draws on canvas.
    private const string Policy =
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
        "form-action 'self'; frame-ancestors 'none'";

    // Its logo is styled inline; still no inline script.
    private const string DocsPolicy = Policy + "; style-src 'self' 'unsafe-inline'";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        // At the start of the answer: a problem clears what was set before it.
        context.Response.OnStarting(static state =>
        {
            var context = (HttpContext)state;
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy =
                context.Request.Path.StartsWithSegments("/docs") ? DocsPolicy : Policy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            return Task.CompletedTask;
        }, context);
        return next(context);
    });
}
