using System.Text.Json.Nodes;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Containers;

/// <summary>
/// Which orders the indexes can serve. As in the service, the most precise of the paths that match
/// decides whether a property is indexed, and an order by several needs a composite index of the
/// same paths in the same directions, or all of them reversed.
/// </summary>
internal sealed class IndexingRules
{
    private readonly (string[] Path, bool Deep, bool Included)[] _paths;
    private readonly (string Path, bool Descending)[][] _composites;
    private readonly bool _none;

    /// <exception cref="GatewayException">A part that the service would refuse.</exception>
    public IndexingRules(JsonObject policy)
    {
        _none = string.Equals((string?)policy["indexingMode"], "none", Ignore);
        _paths =
        [
            .. Paths(policy["includedPaths"], included: true),
            .. Paths(policy["excludedPaths"], included: false),
        ];
        _composites = [.. (policy["compositeIndexes"]?.AsArray() ?? []).Select(Composite)];
        if (!_none && !_paths.Any(path => path is { Path: [], Deep: true }))
        {
            throw GatewayException.BadRequest(
                "The special mandatory indexing path '/' is missing: include or exclude /*.");
        }
    }

    private static StringComparison Ignore => StringComparison.OrdinalIgnoreCase;

    /// <exception cref="GatewayException">No index serves this order.</exception>
    public void RequireOrder(IReadOnlyList<(string[] Path, bool Descending)> order)
    {
        foreach (var (path, _) in order)
        {
            if (!IsIndexed(path))
            {
                throw GatewayException.BadRequest(
                    "The index path corresponding to the specified order-by item is excluded: /"
                    + string.Join('/', path));
            }
        }

        if (order.Count > 1 && !_composites.Any(index => Serves(index, order)))
        {
            throw GatewayException.BadRequest(
                "The order by query does not have a corresponding composite index that it can be "
                + "served from.");
        }
    }

    /// <summary>The names of a path such as <c>/a/"b c"/?</c>.</summary>
    public static string[] Segments(string path) =>
        [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Where(segment => segment is not ("?" or "*"))
            .Select(segment => segment.Trim('"'))];

    private bool IsIndexed(string[] path)
    {
        if (_none)
        {
            return false;
        }

        // A path that ends in /? says of one value what /* says of all below.
        var (length, exact, included) = (-1, false, true);
        foreach (var rule in _paths)
        {
            var isExact = !rule.Deep && rule.Path.Length == path.Length;
            if ((rule.Deep || isExact) && path.AsSpan().StartsWith(rule.Path)
                && (rule.Path.Length > length || (rule.Path.Length == length && isExact && !exact)))
            {
                (length, exact, included) = (rule.Path.Length, isExact, rule.Included);
            }
        }

        return included;
    }

    private static bool Serves(
        (string Path, bool Descending)[] index,
        IReadOnlyList<(string[] Path, bool Descending)> order)
    {
        if (index.Length != order.Count)
        {
            return false;
        }

        var reversed = index[0].Descending != order[0].Descending;
        return index.Zip(order).All(pair =>
            pair.First.Path == string.Join('/', pair.Second.Path)
            && (pair.First.Descending ^ reversed) == pair.Second.Descending);
    }

    private static IEnumerable<(string[] Path, bool Deep, bool Included)> Paths(
        JsonNode? list, bool included) =>
        (list?.AsArray() ?? []).Select(entry => (string?)entry!["path"] ?? "").Select(path =>
            (Segments(path), path.EndsWith('*'), included));

    private static (string Path, bool Descending)[] Composite(JsonNode? index) =>
        [.. index!.AsArray().Select(entry => (
            string.Join('/', Segments((string?)entry!["path"] ?? "")),
            string.Equals((string?)entry["order"], "descending", Ignore)))];
}
