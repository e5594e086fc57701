using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Metadata;

namespace StreamCommerce.Api.Hosting;

/// <summary>
/// Status 200 with a body in JSON that is sent in one piece, with its length (see
/// <see cref="CreatedJson{T}"/>): for what is asked thousands of times a second.
/// </summary>
internal sealed class OkJson<T>(T value, JsonTypeInfo<T> type)
    : IResult, IStatusCodeHttpResult, IValueHttpResult<T>, IEndpointMetadataProvider
{
    private const string MediaType = "application/json; charset=utf-8";

    public int? StatusCode => StatusCodes.Status200OK;

    public T? Value => value;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        var response = httpContext.Response;
        response.ContentType = MediaType;
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(
            StatusCodes.Status200OK, typeof(T), ["application/json"]));
}
