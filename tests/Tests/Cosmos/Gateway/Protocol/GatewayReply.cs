using System.Globalization;
using System.Text.Json;

namespace StreamCommerce.Tests.Cosmos.Gateway.Protocol;

/// <summary>An answer before it is put on a wire. Built by one thread, then only read.</summary>
internal sealed class GatewayReply(int status)
{
    private readonly List<KeyValuePair<string, string>> _headers = new(10);

    public int Status { get; } = status;

    public int SubStatus { get; init; }

    /// <summary>Request units; see <see cref="RequestCharges"/>.</summary>
    public double Charge { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    public GatewayReply With(string name, string? value)
    {
        if (value is not null)
        {
            _headers.Add(new(name, value));
        }

        return this;
    }

    /// <summary>An error in the service's form: a code and a message.</summary>
    public static GatewayReply Error(
        int status, int subStatus, string message, double charge = 0) =>
        new(status)
        {
            SubStatus = subStatus,
            Charge = charge,
            Body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
            {
                ["code"] = CodeOf(status),
                ["message"] = message,
            }),
        };

    /// <summary>Adds what every answer carries.</summary>
    public GatewayReply Sealed(string? activityId)
    {
        With(HeaderNames.RequestCharge, Charge.ToString("0.##", CultureInfo.InvariantCulture));
        With(HeaderNames.ActivityId, activityId);
        return SubStatus == 0
            ? this
            : With(HeaderNames.SubStatus, SubStatus.ToString(CultureInfo.InvariantCulture));
    }

    private static string CodeOf(int status) => status switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        408 => "RequestTimeout",
        409 => "Conflict",
        410 => "Gone",
        412 => "PreconditionFailed",
        413 => "RequestEntityTooLarge",
        429 => "429",
        449 => "449",
        503 => "ServiceUnavailable",
        _ => "InternalServerError",
    };
}
