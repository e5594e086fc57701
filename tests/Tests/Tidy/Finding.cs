namespace StreamCommerce.Tests.Tidy;

/// <summary>Something untidy, and where.</summary>
/// <param name="Path">From the repository's root, with slashes.</param>
/// <param name="Line">From 1.</param>
/// <param name="Fault">What is wrong with it, and what to do instead where that is not
/// plain.</param>
internal readonly record struct Finding(string Path, int Line, string Fault)
{
    public override string ToString() => $"{Path}:{Line}: {Fault}";
}
