using StreamCommerce.Api.Problems;

namespace StreamCommerce.Api.Hosting;

/// <summary>Checks the number of things that a query asks for.</summary>
internal static class Limited
{
    /// <summary>Null where the number is 1 to the limit.</summary>
    public static Problem? Check(string name, int number, int limit) =>
        number >= 1 && number <= limit
            ? null : Problem.Invalid(name, $"is {number}; it must be 1 to {limit}.");
}
