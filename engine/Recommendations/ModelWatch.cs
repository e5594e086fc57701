using Microsoft.Extensions.Logging;
using StreamCommerce.Engine.Pipeline;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Engine.Recommendations;

/// <summary>Which model answers, and what became of the last one that was promoted.</summary>
/// <param name="Serving">The model that answers; null where none was ever opened.</param>
/// <param name="Since">Since when.</param>
/// <param name="PromotedId">What the registry calls current; null where nothing is.</param>
/// <param name="Fault">Why that one does not answer, or why the registry cannot be asked; null
/// where all is well.</param>
public sealed record ModelStatus(
    ModelManifest? Serving, DateTimeOffset? Since, string? PromotedId, string? Fault)
{
    public static readonly ModelStatus None = new(null, null, null, null);
}

/// <summary>Follows a registry, whatever its models are served as.</summary>
public interface IModelWatch
{
    ModelStatus Status { get; }

    /// <summary>Looks at the pointer once, and follows it. One caller at a time.</summary>
    Task LookAsync(CancellationToken ct);

    /// <summary>Looks again and again.</summary>
    /// <param name="interval">Between two looks: a quarter of a second leaves most of a second
    /// for fetching and checking.</param>
    /// <param name="ct">Ends it with <see cref="OperationCanceledException"/>.</param>
    Task RunAsync(TimeSpan interval, CancellationToken ct);
}

/// <summary>
/// Keeps a slot at the registry's current model: looks at the pointer several times a second,
/// fetches, checks and prepares what was promoted beside the traffic, and swaps it in. Whatever
/// goes wrong, the model before answers on, and <see cref="Status"/> and the log say why.
/// </summary>
/// <remarks>
/// A model that cannot be used is tried again when another is promoted, or after
/// <see cref="RetryInterval"/>, in case that somebody has repaired the registry.
/// <see cref="LookAsync"/> is for one caller at a time: <see cref="RunAsync"/> once it runs.
/// </remarks>
/// <typeparam name="T">A model as it is served.</typeparam>
public sealed partial class ModelWatch<T> : IModelWatch
    where T : class, IDisposable
{
    /// <summary>How soon a refused model is tried again.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly ModelCache _cache;
    private readonly ModelSlot<T> _slot;
    private readonly Func<OpenedModel, T> _prepare;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ModelStatus _status = ModelStatus.None;
    private string? _refusedId;
    private long _refusedAt;

    /// <param name="cache">The registry, and where its models are copied to.</param>
    /// <param name="slot">What to keep current; the watch alone replaces it.</param>
    /// <param name="prepare">Makes of an opened model what is served, which owns it from then on;
    /// when it throws, the watch closes the model. It may take a while: the one before answers.
    /// </param>
    /// <param name="time">The clock of the looks.</param>
    /// <param name="logger">Told of swaps and of faults, each once.</param>
    public ModelWatch(
        ModelCache cache, ModelSlot<T> slot, Func<OpenedModel, T> prepare, TimeProvider time,
        ILogger logger) =>
        (_cache, _slot, _prepare, _time, _logger) = (cache, slot, prepare, time, logger);

    public ModelStatus Status => Volatile.Read(ref _status);

    public async Task RunAsync(TimeSpan interval, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(interval, _time);
        do
        {
            await LookAsync(ct);
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    public async Task LookAsync(CancellationToken ct)
    {
        string? promoted;
        try
        {
            promoted = (await _cache.Registry.ReadPointerAsync(ct)).ModelId;
        }
        catch (Exception e) when (IsFault(e, ct))
        {
            Tell(Status with { Fault = $"The registry cannot be asked: {e.Message}" });
            return;
        }
        if (promoted is null || promoted == Status.Serving?.Id)
        {
            _refusedId = null;
            Tell(Status with { PromotedId = promoted, Fault = null });
            return;
        }
        if (promoted == _refusedId && _time.GetElapsedTime(_refusedAt) < RetryInterval) return;
        await FollowAsync(promoted, ct);
    }

    private async Task FollowAsync(string promoted, CancellationToken ct)
    {
        var before = Status.Serving;
        try
        {
            var opened = await _cache.OpenAsync(promoted, ct);
            var manifest = opened.Model.Manifest;
            _slot.Replace(Prepare(opened));
            _refusedId = null;
            Volatile.Write(ref _status, new(manifest, _time.GetUtcNow(), promoted, null));
            EngineInstruments.ModelSwapped();
            LogSwapped(promoted, before?.Id ?? "none", manifest.ItemCount);
        }
        catch (Exception e) when (IsFault(e, ct))
        {
            (_refusedId, _refusedAt) = (promoted, _time.GetTimestamp());
            EngineInstruments.ModelRefused();
            Tell(Status with { PromotedId = promoted, Fault = e.Message });
            return;
        }
        Tidy(before is null ? [promoted] : [promoted, before.Id]);
    }

    private T Prepare(OpenedModel opened)
    {
        try
        {
            return _prepare(opened);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    // The one before stays for a rollback.
    private void Tidy(string[] keep)
    {
        try
        {
            _cache.KeepOnly(keep);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUntidy(e.Message);
        }
    }

    private void Tell(ModelStatus status)
    {
        var before = Status;
        Volatile.Write(ref _status, status);
        if (status.Fault is { } fault && fault != before.Fault)
            LogRefused(status.Serving?.Id ?? "none", fault);
    }

    // Anything but a stop: an unknown exception of a damaged registry must not end the watch.
    private static bool IsFault(Exception e, CancellationToken ct) =>
        !(e is OperationCanceledException && ct.IsCancellationRequested);

    [LoggerMessage(LogLevel.Information,
        "Model {Id} answers now, of {Items} items; before: {Former}.")]
    private partial void LogSwapped(string id, string former, int items);

    [LoggerMessage(LogLevel.Error, "Model {Id} answers on: {Fault}")]
    private partial void LogRefused(string id, string fault);

    [LoggerMessage(LogLevel.Warning, "Copies of former models could not be removed: {Fault}")]
    private partial void LogUntidy(string fault);
}
