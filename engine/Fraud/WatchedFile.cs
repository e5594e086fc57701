namespace StreamCommerce.Engine.Fraud;

/// <summary>A rule file and what was last read of it. One thread at a time.</summary>
internal sealed class WatchedFile(string path)
{
    private readonly record struct Stamp(bool Exists, long Length, DateTime WrittenAt);

    private Stamp _stamp;

    public string Name { get; } = Path.GetFileName(path);

    /// <summary>The last valid rules; null where there is no file.</summary>
    public FraudRulesRevision? Current { get; private set; }

    /// <summary>Why the file as it is now is not <see cref="Current"/>, or null.</summary>
    public string? Fault { get; set; }

    /// <summary>Reads the file where it has changed; true where other rules are current.
    /// </summary>
    public bool Look()
    {
        var stamp = Read();
        if (stamp == _stamp) return false;
        if (!stamp.Exists)
        {
            _stamp = stamp;
            Fault = null;
            var had = Current is not null;
            Current = null;
            return had;
        }
        if (stamp.Length > FraudRules.FileLimit)
        {
            _stamp = stamp;
            Fault = $"{Name} has {stamp.Length} bytes, at most {FraudRules.FileLimit}.";
            return false;
        }
        var json = File.ReadAllBytes(path);
        _stamp = stamp;
        var revision = FraudRulesFile.ToRevision(json);
        if (revision == Current?.Revision)
        {
            Fault = null;
            return false;
        }
        if (FraudRules.TryRead(json, out var faults) is not { } policy)
        {
            Fault = $"{Name} {string.Join(" ", faults)}";
            return false;
        }
        (Current, Fault) = (new(policy, revision), null);
        return true;
    }

    /// <summary>Replaces the file as a whole: after a crash it is the old or the new one.
    /// </summary>
    public void Write(ReadOnlySpan<byte> json, FraudRulesRevision rules)
    {
        var next = path + ".new";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            stream.Write(json);
            stream.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
        (Current, Fault, _stamp) = (rules, null, Read());
    }

    public void Delete()
    {
        File.Delete(path);
        (Current, Fault, _stamp) = (null, null, default);
    }

    private Stamp Read()
    {
        var file = new FileInfo(path);
        return file.Exists ? new(true, file.Length, file.LastWriteTimeUtc) : default;
    }
}
