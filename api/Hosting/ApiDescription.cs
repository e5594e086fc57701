using Microsoft.OpenApi;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c>, and the pages: <c>/docs</c> shows it, the
/// files of <c>wwwroot</c> show the shop. Nothing is loaded from another host.
/// </summary>
internal static class ApiDescription
{
    private const string DocumentName = "v1";
    private const string DocumentPath = "/openapi/v1.json";

    public static void AddApiDescription(this IServiceCollection services) =>
        services.AddOpenApi(DocumentName, openApi =>
        {
            openApi.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "StreamCommerce",
                    Version = "v1",
                    Description = "Events in, stock, carts, funnels and recommendations out. " +
                        "Every error is a problem (RFC 9457).",
                };
                return Task.CompletedTask;
            });
            openApi.AddSchemaTransformer((schema, context, _) =>
            {
                // It is a text on the wire, whatever it is inside.
                if (context.JsonTypeInfo.Type == typeof(Currency))
                {
                    schema.Type = JsonSchemaType.String;
                    schema.Description = "An ISO 4217 code, as EUR.";
                }
                else if (context.JsonTypeInfo.Type == typeof(Money))
                {
                    schema.Description = "An exact amount in one currency.";
                }
                return Task.CompletedTask;
            });
        });

    public static void MapApiDescription(this WebApplication app) => app.MapOpenApi(
        "/openapi/{documentName}.json");

    public static void UsePages(this WebApplication app) => app.UseWhen(
        context => HttpMethods.IsGet(context.Request.Method)
            || HttpMethods.IsHead(context.Request.Method),
        pages =>
        {
            pages.UseDefaultFiles();
            pages.UseStaticFiles(new StaticFileOptions
            {
                // Asked for again at each visit (304): a new page with an old script would break.
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
            });
            pages.UseSwaggerUI(page =>
            {
                page.RoutePrefix = "docs";
                page.DocumentTitle = "StreamCommerce API";
                page.SwaggerEndpoint(DocumentPath, "StreamCommerce v1");
            });
        });
}
