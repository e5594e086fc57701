namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// What happened, in order. Always as a hash, which tells whether two runs were the same; as
/// text only where somebody will read it.
/// </summary>
internal sealed class Trace(VirtualWorld world, bool isWritten)
{
    // FNV-1a.
    private const ulong Offset = 14_695_981_039_346_656_037;
    private const ulong Prime = 1_099_511_628_211;

    private readonly List<string> _lines = [];

    public ulong Hash { get; private set; } = Offset;

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string what, string about, string detail = "")
    {
        var hash = (Hash ^ (ulong)world.Now.UtcTicks) * Prime;
        foreach (var c in what) hash = (hash ^ c) * Prime;
        foreach (var c in about) hash = (hash ^ c) * Prime;
        foreach (var c in detail) hash = (hash ^ c) * Prime;
        Hash = hash;
        if (isWritten)
            _lines.Add($"{world.Now - VirtualWorld.Start:g} {what} {about} {detail}".TrimEnd());
    }
}
