namespace StreamCommerce.Tests.Cosmos.Gateway.Protocol;

/// <summary>
/// A request that is refused before it means anything. What a store meets every day (404, 409, 412)
/// is an answer instead, since an exception costs as much as twenty answers.
/// </summary>
internal sealed class GatewayException(int status, int subStatus, string message)
    : Exception(message)
{
    public int Status { get; } = status;

    public int SubStatus { get; } = subStatus;

    public static GatewayException BadRequest(string message, int subStatus = 0) =>
        new(400, subStatus, message);

    /// <summary>Something the service has and this gateway has not.</summary>
    public static GatewayException NotSpoken(string what) =>
        new(400, 0, $"This gateway does not speak {what}.");
}
