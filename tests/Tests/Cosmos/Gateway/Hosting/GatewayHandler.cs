using System.Net;
using System.Net.Http.Headers;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Hosting;

/// <summary>The gateway in the place of a client's sockets.</summary>
internal sealed class GatewayHandler(CosmosGateway gateway, TimeProvider time) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var reply = await gateway.AnswerAsync(await ReadAsync(request, cancellationToken));
            return Write(reply, request);
        }
        catch (LostAnswerException e)
        {
            switch (e.Loss)
            {
                case Loss.Hang:
                    await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                    throw;
                case Loss.Timeout:
                    throw new TaskCanceledException(e.Message, new TimeoutException(e.Message));
                default:
                    throw new HttpRequestException(
                        HttpRequestError.ConnectionError, e.Message, new IOException(e.Message));
            }
        }
    }

    private static async Task<GatewayMessage> ReadAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(24, StringComparer.OrdinalIgnoreCase);
        Add(headers, request.Headers.NonValidated);
        ReadOnlyMemory<byte> body = default;
        if (request.Content is { } content)
        {
            Add(headers, content.Headers.NonValidated);
            body = await content.ReadAsByteArrayAsync(cancellationToken);
        }

        return new GatewayMessage(
            request.Method.Method.ToUpperInvariant(),
            request.RequestUri!.Authority,
            GatewayMessage.SegmentsOf(request.RequestUri.AbsolutePath),
            headers,
            body);
    }

    private static void Add(Dictionary<string, string> to, HttpHeadersNonValidated headers)
    {
        foreach (var (name, values) in headers)
        {
            to[name] = values.ToString();
        }
    }

    private static HttpResponseMessage Write(GatewayReply reply, HttpRequestMessage request)
    {
        var response = new HttpResponseMessage((HttpStatusCode)reply.Status)
        {
            RequestMessage = request,
            Content = new ReadOnlyMemoryContent(reply.Body),
        };
        if (reply.Body.Length > 0)
        {
            response.Content.Headers.ContentType = new MediaTypeHeaderValue(reply.ContentType);
        }

        foreach (var (name, value) in reply.Headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}
