using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Tests.Ingest.Log;

/// <summary>The power went away in the middle of an operation.</summary>
internal sealed class PowerCutException() : Exception("The power is cut.");

/// <summary>
/// A disk in memory that does to unsynced bytes whatever <see cref="ILogDevice"/>'s contract
/// permits: after a power cut any subset of the sectors, lengths and directory entries since the
/// last sync is there; after a failed flush the cached bytes look well and are lost. One thread.
/// </summary>
internal sealed class SimulatedDisk(Random random) : ILogDevice
{
    private const int SectorBytes = 512;

    private readonly Random _random = random;
    private readonly Dictionary<string, Node> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _durableNames = new(StringComparer.Ordinal);

    /// <summary>Operations until the power is cut; negative for never.</summary>
    public int OperationsLeft { get; set; } = -1;

    /// <summary>Chance of a write that fails half done, as on a full disk.</summary>
    public double WriteFaultChance { get; set; }

    /// <summary>Chance of a flush that fails.</summary>
    public double FlushFaultChance { get; set; }

    public IReadOnlyList<string> List(string directory) =>
        [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == directory)
            .Select(path => Path.GetFileName(path))];

    public ILogFile Open(string path)
    {
        if (!_names.TryGetValue(path, out var node))
        {
            Step();
            _names[path] = node = new Node();
        }
        return new SimulatedFile(this, node);
    }

    public ILogFile OpenRead(string path) => _names.TryGetValue(path, out var node)
        ? new SimulatedFile(this, node)
        : throw new FileNotFoundException("No such file.", path);

    public void Delete(string path)
    {
        Step();
        _names.Remove(path);
    }

    public void SyncDirectory(string directory)
    {
        Step();
        foreach (var path in Changed(directory)) SetDurable(path);
    }

    /// <summary>The machine starts again after a power cut.</summary>
    public void LosePower()
    {
        OperationsLeft = -1;
        foreach (var path in Changed(null))
        {
            if (_random.Next(2) == 0) SetDurable(path);
        }
        _names.Clear();
        foreach (var (path, node) in _durableNames) _names[path] = node;
        foreach (var node in _names.Values.Distinct()) node.LosePower(_random);
    }

    /// <summary>
    /// The process starts again after a kill: what was written is all in the cache.
    /// </summary>
    public void Restart() => OperationsLeft = -1;

    /// <summary>Replaces the bytes of a file by what a test makes of them, durably.</summary>
    public void Tamper(string path, Func<byte[], byte[]> change) =>
        _names[path].Replace(change(_names[path].Current));

    public byte[] BytesOf(string path) => [.. _names[path].Current];

    private IEnumerable<string> Changed(string? directory) =>
        [.. _names.Keys.Union(_durableNames.Keys)
            .Where(path => directory is null || Path.GetDirectoryName(path) == directory)
            .Where(path => _names.GetValueOrDefault(path)
                != _durableNames.GetValueOrDefault(path))
            .Order(StringComparer.Ordinal)];

    private void SetDurable(string path)
    {
        if (_names.TryGetValue(path, out var node)) _durableNames[path] = node;
        else _durableNames.Remove(path);
    }

    private void Step()
    {
        if (OperationsLeft == 0) throw new PowerCutException();
        if (OperationsLeft > 0) OperationsLeft--;
    }

    private sealed class SimulatedFile(SimulatedDisk disk, Node node) : ILogFile
    {
        public long Length => node.Current.Length;

        public int Read(Span<byte> into, long position)
        {
            if (position >= node.Current.Length) return 0;
            var source = node.Current.AsSpan((int)position);
            source = source[..Math.Min(source.Length, into.Length)];
            source.CopyTo(into);
            return source.Length;
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> parts, long position)
        {
            var bytes = parts.SelectMany(part => part.ToArray()).ToArray();
            var fails = disk.OperationsLeft != 0
                && disk._random.NextDouble() < disk.WriteFaultChance;
            if (disk.OperationsLeft == 0 || fails)
                node.Write((int)position, bytes[..disk._random.Next(bytes.Length + 1)]);
            disk.Step();
            if (fails) throw new IOException("No space left on device");
            node.Write((int)position, bytes);
        }

        public void Truncate(long length)
        {
            disk.Step();
            node.Truncate((int)length);
        }

        public void Flush()
        {
            disk.Step();
            if (disk._random.NextDouble() < disk.FlushFaultChance)
            {
                node.LoseCache(disk._random);
                throw new IOException("Input/output error");
            }
            node.Flush();
        }

        public void Dispose()
        {
        }
    }

    // The bytes as a program sees them, the bytes on the platter, and what lies between the two.
    private sealed class Node
    {
        private readonly List<(int Position, byte[]? Bytes)> _unsynced = [];
        private byte[] _durable = [];

        public byte[] Current { get; private set; } = [];

        public void Write(int position, byte[] bytes)
        {
            if (bytes.Length == 0) return;
            _unsynced.Add((position, bytes));
            Current = Put(Current, position, bytes);
        }

        public void Truncate(int length)
        {
            _unsynced.Add((length, null));
            Current = Resize(Current, length);
        }

        public void Flush()
        {
            foreach (var (position, bytes) in _unsynced)
            {
                _durable = bytes is null
                    ? Resize(_durable, position) : Put(_durable, position, bytes);
            }
            _unsynced.Clear();
        }

        public void LosePower(Random random)
        {
            LoseCache(random);
            Current = _durable;
        }

        public void LoseCache(Random random)
        {
            var chance = random.Next(4) / 3.0;
            var longest = _durable.Length;
            foreach (var (position, bytes) in _unsynced)
            {
                longest = Math.Max(longest, position + (bytes?.Length ?? 0));
                if (bytes is null)
                {
                    if (random.NextDouble() < chance) _durable = Resize(_durable, position);
                    continue;
                }
                for (var at = 0; at < bytes.Length;)
                {
                    var length = Math.Min(
                        bytes.Length - at, SectorBytes - (position + at) % SectorBytes);
                    if (random.NextDouble() < chance)
                        _durable = Put(_durable, position + at, bytes[at..(at + length)]);
                    at += length;
                }
            }
            // A length may be on the disk before the bytes that it promises.
            if (_unsynced.Count > 0 && random.Next(4) == 0)
                _durable = Resize(_durable, Math.Max(_durable.Length, longest));
            _unsynced.Clear();
        }

        public void Replace(byte[] bytes)
        {
            _unsynced.Clear();
            (Current, _durable) = (bytes, bytes);
        }

        private static byte[] Put(byte[] file, int position, byte[] bytes)
        {
            var changed = Resize(file, Math.Max(file.Length, position + bytes.Length));
            bytes.CopyTo(changed, position);
            return changed;
        }

        private static byte[] Resize(byte[] file, int length)
        {
            var changed = new byte[length];
            file.AsSpan(0, Math.Min(length, file.Length)).CopyTo(changed);
            return changed;
        }
    }
}
