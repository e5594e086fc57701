namespace StreamCommerce.Api.Problems;

/// <summary>
/// Sees to it that every error leaves as a problem, whoever found it: an exception, routing
/// (404, 405), a limit (413, 415), a timeout (504).
/// </summary>
internal sealed partial class ProblemMiddleware(
    RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to tell.
            return;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            var problem = FaultProblems.Of(fault);
            if (problem.Status == 500) LogBug(fault, context.Request.Method, context.Request.Path);
            else if (problem.Status == 503) LogUnavailable(fault, context.Request.Path);
            context.Response.Clear();
            await problem.WriteAsync(context);
            return;
        }
        var response = context.Response;
        if (response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
            await FaultProblems.OfStatus(response.StatusCode).WriteAsync(context);
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed.")]
    private partial void LogBug(Exception fault, string method, string path);

    [LoggerMessage(LogLevel.Warning, "{Path} cannot be served now.")]
    private partial void LogUnavailable(Exception fault, string path);
}
