using System.Net;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Tests.Cosmos.Gateway;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos;

public sealed class DocumentIdTests : IAsyncLifetime
{
    private readonly CosmosClient _client = new CosmosGateway(
        new FakeTimeProvider(ShopFixture.Start)).CreateClient();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Container Documents => _client.GetContainer("shop", "documents");

    public async ValueTask InitializeAsync()
    {
        Database shop = await _client.CreateDatabaseAsync("shop", cancellationToken: Ct);
        await shop.CreateContainerAsync("documents", "/id", cancellationToken: Ct);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    [Property(MaxTest = 1_000, Arbitrary = [typeof(AwkwardTexts)])]
    public void Different_ids_stay_different(string one, string other) =>
        Assert.Equal(one == other, DocumentId.Of(one) == DocumentId.Of(other));

    [Property(MaxTest = 1_000, Arbitrary = [typeof(AwkwardTexts)])]
    public void An_id_has_no_letter_that_the_account_forbids(string id)
    {
        var written = DocumentId.Of(id);

        Assert.NotEmpty(written);
        Assert.Equal(-1, written.AsSpan().IndexOfAny("/\\?#"));
        Assert.NotEqual(".", written);
        Assert.NotEqual("..", written);
    }

    [Property(MaxTest = 1_000, Arbitrary = [typeof(AwkwardTexts)])]
    public void Different_pairs_are_joined_to_different_ids(
        string one, string two, string three, string four) =>
        Assert.Equal((one, two) == (three, four),
            DocumentId.Join(one, two) == DocumentId.Join(three, four));

    [Property(MaxTest = 100, Arbitrary = [typeof(AwkwardTexts)])]
    public async Task What_is_stored_under_an_id_is_found_again_by_it(string id)
    {
        var written = DocumentId.Of(id);
        await Documents.UpsertItemAsync(
            new { id = written }, new PartitionKey(written), cancellationToken: Ct);

        using var found = await Documents.ReadItemStreamAsync(
            written, new(written), cancellationToken: Ct);

        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
    }

    [Theory]
    [InlineData("tea", "tea")]
    [InlineData("tea 2.5 kg", "tea 2.5 kg")]
    [InlineData("a/b", "a~2Fb")]
    [InlineData("100%", "100~25")]
    [InlineData("..", "~~2E~2E")]
    [InlineData("", "~")]
    public void What_is_stored_stays_readable(string id, string written) =>
        Assert.Equal(written, DocumentId.Of(id));

    /// <summary>Short texts of few letters, so that alike ones are met often.</summary>
    private static class AwkwardTexts
    {
        public static Arbitrary<string> Texts() => Gen.Elements('a', '/', '\\', '?', '#', '%', '.',
                ':', '2', 'F', 'E', '5', ' ', '\n')
            .ArrayOf()
            .Where(letters => letters.Length <= 6)
            .Select(letters => new string(letters))
            .ToArbitrary();
    }
}
