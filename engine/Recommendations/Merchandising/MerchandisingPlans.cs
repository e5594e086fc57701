using Microsoft.Extensions.Logging;
using StreamCommerce.Engine.Recommendations.Assortment;
using StreamCommerce.Engine.Storage.Files;

namespace StreamCommerce.Engine.Recommendations.Merchandising;

/// <summary>
/// The merchandising plan that is valid now, from its file. Whoever edits the file or replaces the
/// plan changes the next answer; a damaged file changes nothing and is logged once. No file is the
/// empty plan; one that vanishes changes nothing until the next start.
/// </summary>
/// <remarks>Any thread reads; a lock lets one at a time read or write the file.</remarks>
public sealed partial class MerchandisingPlans : IDisposable
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "merchandising.json";

    /// <summary>Bytes of a plan: its thousand rules, each with many products.</summary>
    public const int BytesLimit = 4 * 1024 * 1024;

    /// <summary>How often the file is looked at: soon for a person, nothing for a disk.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private sealed record State(MerchandisingPlan Plan, Merchandise Merchandise);

    private readonly string _path;
    private readonly DocumentFile _file;
    private readonly Shelf _shelf;
    private readonly TimeProvider _time;
    private readonly ILogger<MerchandisingPlans> _logger;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private volatile State _state;

    private MerchandisingPlans(
        string path, Shelf shelf, TimeProvider time, ILogger<MerchandisingPlans> logger)
    {
        (_path, _shelf, _time, _logger) = (path, shelf, time, logger);
        _file = new(path, BytesLimit);
        _state = Compile(MerchandisingPlan.Empty);
        if (Load() is { } fault)
            throw new InvalidDataException($"{path}: {fault.Path} {fault.Detail}");
        _timer = time.CreateTimer(_ => Refresh(), null, Interval, Interval);
    }

    /// <summary>The plan as it was written.</summary>
    public MerchandisingPlan Current => _state.Plan;

    /// <summary>What of the plan holds at this moment.</summary>
    public Merchandise Now
    {
        get
        {
            var state = _state;
            if (_time.GetUtcNow() < state.Merchandise.ValidUntil) return state.Merchandise;
            // A rule has begun or ended: whoever comes first works that out, once.
            lock (_gate)
            {
                if (_state == state) _state = Compile(state.Plan);
                return _state.Merchandise;
            }
        }
    }

    /// <summary>Reads the file and watches it.</summary>
    /// <exception cref="InvalidDataException">It is no valid plan; says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static MerchandisingPlans Open(
        string path, Shelf shelf, TimeProvider time, ILogger<MerchandisingPlans> logger) =>
        new(path, shelf, time, logger);

    /// <summary>Takes the file's plan where it has changed and is valid.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            try
            {
                if (Load() is { } fault) LogDamaged(_path, fault.Path, fault.Detail);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogUnreadable(e, _path);
            }
        }
    }

    /// <summary>Replaces the plan and its file, or says why not.</summary>
    /// <param name="plan">A valid plan; see <see cref="MerchandisingRules.Check"/>.</param>
    /// <param name="ifMatch">The version that the caller has read; null: whatever is there.
    /// </param>
    /// <exception cref="StoreUnavailableException">The file cannot be written.</exception>
    public Answer<MerchandisingPlan> Put(MerchandisingPlan plan, long? ifMatch)
    {
        if (MerchandisingRules.Check(plan) is { } fault)
            return new Refusal(RefusalCode.Invalid, $"{fault.Path}: {fault.Detail}");
        // What somebody has just written into the file must not be lost either.
        Refresh();
        lock (_gate)
        {
            var version = _state.Plan.Version;
            if (ifMatch is { } expected && expected != version)
            {
                return new Refusal(RefusalCode.VersionMismatch,
                    $"The merchandising plan is at version {version}, not {expected}; " +
                    "read it again.");
            }
            var next = MerchandisingJson.WithVersion(plan);
            var text = MerchandisingJson.Write(next);
            if (text.Length > BytesLimit)
            {
                return new Refusal(RefusalCode.Invalid,
                    $"a merchandising plan has at most {BytesLimit} bytes, not {text.Length}.");
            }
            _file.Replace(text);
            _state = Compile(next);
            return next;
        }
    }

    public void Dispose() => _timer.Dispose();

    private DocumentFault? Load()
    {
        var bytes = _file.ReadChanged(out var fault);
        if (bytes is null || fault is not null) return fault;
        var (plan, wrong) = MerchandisingJson.Parse(bytes);
        if (plan is null || plan.Version == _state.Plan.Version) return wrong;
        _state = Compile(plan);
        LogLoaded(_path, plan.Version, plan.Boosts.Count, plan.Pins.Count, plan.Hidden.Count);
        return null;
    }

    private State Compile(MerchandisingPlan plan) =>
        new(plan, Merchandise.Compile(plan, _shelf, _time.GetUtcNow()));

    [LoggerMessage(LogLevel.Information, "{Path}: merchandising plan {Version} with {Boosts} " +
        "boosts, {Pins} pins, {Hidden} hidings.")]
    private partial void LogLoaded(string path, long version, int boosts, int pins, int hidden);

    [LoggerMessage(LogLevel.Error,
        "{Path}: {Field} {Detail} The merchandising plan before stays valid.")]
    private partial void LogDamaged(string path, string field, string detail);

    [LoggerMessage(LogLevel.Warning, "{Path} cannot be read; trying again.")]
    private partial void LogUnreadable(Exception fault, string path);
}
