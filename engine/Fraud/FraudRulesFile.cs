using System.IO.Hashing;
using Microsoft.Extensions.Logging;

namespace StreamCommerce.Engine.Fraud;

/// <summary>Rules that are in force, with the revision of their file.</summary>
/// <param name="Policy">The rules.</param>
/// <param name="Revision">From the file's bytes: another text has another revision, and the same
/// text the same one; above 0.</param>
public sealed record FraudRulesRevision(FraudPolicy Policy, long Revision);

/// <summary>
/// The rule files of a shop, <c>fraud.json</c> and on trial <c>fraud-shadow.json</c>: looks every
/// <see cref="Interval"/> whether they have changed, and then has the screen judge by them. A file
/// that cannot be read or is not valid changes nothing: the rules before stay in force, and the
/// log says why. Any thread.
/// </summary>
/// <remarks>Without a file the <see cref="FraudRules.Default"/> decide. Without a shadow file
/// there is no trial.</remarks>
public sealed partial class FraudRulesFile : IDisposable
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly FraudScreen _screen;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly WatchedFile _active;
    private readonly WatchedFile _shadow;
    private readonly ITimer _timer;

    /// <summary>Reads the files, and watches them from now on.</summary>
    /// <param name="directory">Where they are; made where it is not there.</param>
    /// <param name="screen">Judges by them.</param>
    /// <param name="time">The clock of the watch.</param>
    /// <param name="logger">Told of every change and of every damaged file, once.</param>
    public FraudRulesFile(
        string directory, FraudScreen screen, TimeProvider time, ILogger<FraudRulesFile> logger)
    {
        (_screen, _logger) = (screen, logger);
        Directory.CreateDirectory(directory);
        _active = new(Path.Combine(directory, "fraud.json"));
        _shadow = new(Path.Combine(directory, "fraud-shadow.json"));
        Look();
        _timer = time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>The rules that decide.</summary>
    public FraudRulesRevision Active
    {
        get
        {
            lock (_gate) return ActiveNow;
        }
    }

    /// <summary>The rules on trial; null where there are none.</summary>
    public FraudRulesRevision? Shadow
    {
        get
        {
            lock (_gate) return _shadow.Current;
        }
    }

    /// <summary>Why a changed file is not in force, or null.</summary>
    public string? Fault
    {
        get
        {
            lock (_gate) return _active.Fault ?? _shadow.Fault;
        }
    }

    private FraudRulesRevision ActiveNow => _active.Current ?? new(FraudRules.Default, DefaultTag);

    // The default has no file, but may be the version that a caller has read.
    private static long DefaultTag { get; } = ToRevision(FraudRules.Write(FraudRules.Default.Set));

    /// <summary>
    /// Puts rules in force: on disk first, whole or not at all, then in the screen.
    /// </summary>
    /// <param name="json">The text of the file.</param>
    /// <param name="shadow">True for those on trial.</param>
    /// <param name="ifMatch">The revision that the caller has read; 0: there must be none on
    /// trial; null: whatever is there.</param>
    /// <param name="faults">What is wrong with the text; empty where it was not the reason.
    /// </param>
    public Answer<FraudRulesRevision> Put(
        ReadOnlySpan<byte> json, bool shadow, long? ifMatch,
        out IReadOnlyList<FraudRuleFault> faults)
    {
        if (FraudRules.TryRead(json, out faults) is not { } policy)
            return new Refusal(RefusalCode.Invalid, string.Join(" ", faults));
        lock (_gate)
        {
            if (Mismatch(shadow, ifMatch) is { } refusal) return refusal;
            var other = shadow ? ActiveNow.Policy : _shadow.Current?.Policy;
            if (other is not null && other.Set.Currency != policy.Set.Currency)
            {
                faults = [CurrencyFault(other)];
                return new Refusal(RefusalCode.Invalid, faults[0].ToString());
            }
            var file = shadow ? _shadow : _active;
            file.Write(json, new(policy, ToRevision(json)));
            Apply();
            return file.Current!;
        }
    }

    /// <summary>Ends the trial.</summary>
    /// <param name="ifMatch">The revision that the caller has read; null: whatever is there.
    /// </param>
    /// <returns>Null, or why not. No trial is no reason.</returns>
    public Refusal? RemoveShadow(long? ifMatch)
    {
        lock (_gate)
        {
            if (Mismatch(shadow: true, ifMatch) is { } refusal) return refusal;
            _shadow.Delete();
            Apply();
            return null;
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            var active = Look(_active);
            var shadow = Look(_shadow);
            if (active || shadow) Apply();
        }
    }

    private bool Look(WatchedFile file)
    {
        var fault = file.Fault;
        bool isChanged;
        try
        {
            isChanged = file.Look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Fault = $"{file.Name} cannot be read: {e.Message}";
            isChanged = false;
        }
        if (file.Fault is { } found && found != fault) LogDamaged(found);
        return isChanged;
    }

    private void Apply()
    {
        var active = ActiveNow;
        var shadow = _shadow.Current;
        if (shadow is not null && shadow.Policy.Set.Currency != active.Policy.Set.Currency)
        {
            LogDamaged(_shadow.Fault = $"{_shadow.Name} {CurrencyFault(active.Policy)}");
            shadow = null;
        }
        _screen.Use(active.Policy, shadow?.Policy);
        LogApplied(active.Policy.Set.Version, shadow?.Policy.Set.Version ?? "none");
    }

    private Refusal? Mismatch(bool shadow, long? ifMatch)
    {
        var now = shadow ? _shadow.Current?.Revision ?? 0 : ActiveNow.Revision;
        if (ifMatch is not { } expected || expected == now) return null;
        return new(RefusalCode.VersionMismatch, now == 0
            ? "There are no rules on trial."
            : $"The rules are at revision {now}, not {expected}; read them again.");
    }

    private static FraudRuleFault CurrencyFault(FraudPolicy other) => new(
        "/currency", $"must be {other.Set.Currency}, as in the rules beside it.");

    internal static long ToRevision(ReadOnlySpan<byte> json) =>
        (long)(XxHash3.HashToUInt64(json) >> 1) | 1;

    [LoggerMessage(LogLevel.Information, "Fraud rules {Version} are in force, on trial: {Shadow}.")]
    private partial void LogApplied(string version, string shadow);

    [LoggerMessage(LogLevel.Warning, "Fraud rules stay as they are: {Fault}")]
    private partial void LogDamaged(string fault);
}
