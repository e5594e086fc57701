using System.Text.Json;
using StreamCommerce.Engine.Profiles;
using StreamCommerce.Ingest.Events;
using StreamCommerce.Ingest.Log;

namespace StreamCommerce.Engine.Storage.Cosmos.Profiles;

/// <summary>
/// The profiles' port on Cosmos DB: a point read and a guarded write for each visitor of a batch,
/// some visitors side by side. Where a partition has two readers for a moment, the slower one
/// meets the other's write, reads again, and finds its events in. Any thread.
/// </summary>
/// <param name="documents">The container.</param>
/// <param name="lifetime">How long a profile is kept after its last event.</param>
internal sealed class CosmosProfiles(DocumentContainer documents, TimeSpan lifetime)
    : IProfileStore
{
    // Two readers of one partition, or one and who forgets: each time one of them comes through.
    private const int AttemptLimit = 8;

    public async ValueTask ApplyAsync(
        int partition, ReadOnlyMemory<LoggedEvent> events, CancellationToken ct)
    {
        var visitors = VisitorProfile.ByVisitor(events.Span);
        await SideBySide.RunAsync(visitors, one => ChangeAsync(
            ProfileDocument.IdOf(one.Key), profile => profile.Apply(partition, one.Value), ct));
    }

    public async ValueTask<IReadOnlyList<ProductInteraction>> FindAsync(
        VisitorId visitor, CancellationToken ct)
    {
        var found = await FindAsync(ProfileDocument.IdOf(visitor), ct);
        return found?.Document.ToProfile().Interactions ?? [];
    }

    public async ValueTask<long> ForgetAsync(
        VisitorId visitor, int partition, long offset, CancellationToken ct)
    {
        var id = ProfileDocument.IdOf(visitor);
        try
        {
            var before = await ChangeAsync(id, profile => profile.Forget(partition, offset), ct);
            return before.Interactions.Count;
        }
        catch (InvalidDataException)
        {
            var mark = VisitorProfile.Empty.Forget(partition, offset);
            await documents.UpsertAsync(id, ProfileDocument.Of(id, mark, lifetime), ct);
            return 1;
        }
    }

    /// <returns>The profile before the change.</returns>
    private async ValueTask<VisitorProfile> ChangeAsync(
        string id, Func<VisitorProfile, VisitorProfile> change, CancellationToken ct)
    {
        for (var attempt = 0; attempt < AttemptLimit; attempt++)
        {
            var there = await FindAsync(id, ct);
            var before = there?.Document.ToProfile() ?? VisitorProfile.Empty;
            var after = change(before);
            if (ReferenceEquals(after, before)) return before;
            var document = ProfileDocument.Of(id, after, lifetime);
            var reply = there is null
                ? await documents.CreateAsync(id, document, ct)
                : await documents.ReplaceAsync(id, id, document, there.ETag, ct);
            if (reply.Result == Written.Done) return before;
        }
        throw new StoreUnavailableException(
            $"Profile {id} is being written by others, {AttemptLimit} times in a row.");
    }

    private async ValueTask<Stored<ProfileDocument>?> FindAsync(string id, CancellationToken ct)
    {
        try
        {
            return await documents.FindAsync<ProfileDocument>(id, id, ct);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException(
                $"Document {id} of container {documents.Name} is no profile: {fault.Message}",
                fault);
        }
    }
}
