using FsCheck.Xunit;
using StreamCommerce.Engine.Storage.Cosmos;
using StreamCommerce.Engine.Storage.Cosmos.Stock;
using StreamCommerce.Tests.Cosmos.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Faults;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;
using StreamCommerce.Tests.Engine.Storage;
using Xunit;

namespace StreamCommerce.Tests.Cosmos.Stock;

/// <summary>Entries that leave the ledger, three at a time, after an hour.</summary>
public sealed class LedgerFoldingTests : IAsyncLifetime
{
    private static readonly TimeSpan Later = TimeSpan.FromHours(2);

    private ShopFixture _shop = null!;
    private StockParts _parts = null!;

    private CancellationToken Ct => _shop.Ct;

    public async ValueTask InitializeAsync()
    {
        _shop = await Trial.OpenAsync();
        _parts = new(_shop);
    }

    public async ValueTask DisposeAsync()
    {
        _parts.Dispose();
        await _shop.DisposeAsync();
    }

    [Fact]
    public async Task What_leaves_the_ledger_stays_in_its_sum()
    {
        await ReceiveAsync(7);
        _shop.Time.Advance(Later);

        await _parts.Folding().RunAsync(Ct);

        // The seventh waits for two more.
        Assert.Equal(1, _parts.CountEntries());
        Assert.Equal(7, (await _shop.CheckLedgerAsync()).MovementCount);
        Assert.Equal((7, 0), await _shop.LevelAsync("tea"));
    }

    [Fact]
    public async Task What_is_younger_than_the_lifetime_stays()
    {
        await ReceiveAsync(3);
        _shop.Time.Advance(Later);
        await ReceiveAsync(3);

        await _parts.Folding().RunAsync(Ct);

        Assert.Equal(3, _parts.CountEntries());
        Assert.Equal(3, (await _shop.Stores.Stock.ReadMovementsAsync(0, 10, Ct)).Count);
    }

    [Fact]
    public async Task A_full_batch_fits_into_what_the_account_takes()
    {
        await ReceiveAsync(100);
        _shop.Time.Advance(Later);

        await _parts.Folding(entryCount: 99).RunAsync(Ct);

        Assert.Equal(1, _parts.CountEntries());
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task A_line_that_is_sent_again_after_its_entry_has_left_moves_nothing()
    {
        await ReceiveAsync(2);
        var late = _parts.Receipt("tea", 1);
        await _parts.Writer.MoveAsync(late, 0, mayBeVoid: false, Ct);
        _shop.Time.Advance(Later);
        await _parts.Folding().RunAsync(Ct);

        var (result, _) = await _parts.Writer.MoveAsync(late, 0, mayBeVoid: false, Ct);

        Assert.Equal(Written.Changed, result);
        Assert.Equal((3, 0), await _shop.LevelAsync("tea"));
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Nothing_leaves_the_ledger_that_is_younger_than_what_is_not_done_everywhere()
    {
        await ReceiveAsync(3);
        _shop.Time.Advance(TimeSpan.FromMinutes(1));
        var pending = OperationDocument.New(_parts.Receipt("tea", 1), null);
        await _parts.Of(CosmosSchema.Operations).CreateAsync(pending.Id, pending, Ct);
        _shop.Time.Advance(TimeSpan.FromMinutes(1));
        await ReceiveAsync(3);
        _shop.Time.Advance(Later);

        await _parts.Folding().RunAsync(Ct);
        Assert.Equal(3, _parts.CountEntries());

        await _shop.Stores.Stock.ExpireDueAsync(10, Ct);
        Assert.Equal((7, 0), await _shop.LevelAsync("tea"));
        await _parts.Folding().RunAsync(Ct);
        Assert.Equal(1, _parts.CountEntries());
        await _shop.CheckLedgerAsync();
    }

    [Theory]
    [InlineData("cup", "home")]
    [InlineData("tea", "away")]
    public async Task What_is_not_done_in_other_shares_holds_up_those_only(
        string sku, string region)
    {
        var never = _parts.Receipt("tea", 1);
        var share = ShareKeyDocument.Of(new(new(sku), new(region)));
        var pending = OperationDocument.New(
            never with { Lines = [never.Lines[0] with { Share = share }] }, null);
        await _parts.Of(CosmosSchema.Operations).CreateAsync(pending.Id, pending, Ct);
        _shop.Time.Advance(TimeSpan.FromMinutes(1));
        await ReceiveAsync(3);
        _shop.Time.Advance(Later);

        await _parts.Folding().RunAsync(Ct);

        Assert.Equal(0, _parts.CountEntries());
    }

    [Fact]
    public async Task A_round_ends_some_batches_and_the_next_one_goes_on()
    {
        await ReceiveAsync(1);
        await _parts.FillLedgerAsync("tea", 44);
        _shop.Time.Advance(Later);
        var folding = _parts.Folding(entryCount: 1);

        await folding.RunAsync(Ct);
        Assert.Equal(5, _parts.CountEntries());
        await folding.RunAsync(Ct);
        Assert.Equal(5, _parts.CountEntries());

        _shop.Time.Advance(TimeSpan.FromSeconds(1));
        await folding.RunAsync(Ct);
        Assert.Equal(0, _parts.CountEntries());
        await _shop.CheckLedgerAsync();
    }

    [Fact]
    public async Task Housekeeping_of_a_shop_ends_what_is_older_than_its_ledger()
    {
        await ReceiveAsync(1);
        await _parts.FillLedgerAsync("tea", 99);
        await using var shop = _parts.OpenShop();
        await shop.Stock.ExpireDueAsync(10, Ct);
        Assert.Equal(100, _parts.CountEntries());
        _shop.Time.Advance(Later);

        await shop.Stock.ExpireDueAsync(10, Ct);

        Assert.Equal(1, _parts.CountEntries());
        Assert.Equal(100, (await _shop.CheckLedgerAsync()).MovementCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_without_an_answer_counts_once(bool hasEffect)
    {
        await ReceiveAsync(6);
        _shop.Time.Advance(Later);
        var isMet = false;
        _shop.Gate!.Faults = request =>
        {
            if (isMet || request.Kind != RequestKind.Batch) return null;
            isMet = true;
            return hasEffect ? Fault.LostAfter(Loss.Timeout) : Fault.LostBefore(Loss.Timeout);
        };

        var folding = _parts.Folding();
        await folding.RunAsync(Ct);
        _shop.Time.Advance(TimeSpan.FromMinutes(1));
        await folding.RunAsync(Ct);

        Assert.True(isMet);
        Assert.Equal(0, _parts.CountEntries());
        Assert.Equal(6, (await _shop.CheckLedgerAsync()).MovementCount);
    }

    [Property(MaxTest = 2)]
    public async Task However_trading_and_two_that_fold_take_turns_the_ledger_adds_up(int seed)
    {
        await using var shop = await Trial.OpenAsync();
        using var parts = new StockParts(shop);
        var random = new Random(seed);
        var trade = new RandomTrade(shop, random);
        await trade.BeginAsync();
        for (var step = 0; step < 12; step++)
        {
            if (random.Next(2) == 0) shop.Time.Advance(random.Next(3) * TimeSpan.FromMinutes(40));
            await Task.WhenAll(
                trade.StepAsync($"{step}"), parts.Folding(1).RunAsync(shop.Ct).AsTask(),
                parts.Folding(2).RunAsync(shop.Ct).AsTask());
            if (step % 4 == 0) await shop.CheckLedgerAsync();
        }
        await trade.CheckAsync();
    }

    [Fact]
    public async Task A_ledger_that_does_not_fit_into_a_page_is_added_up()
    {
        await ReceiveAsync(1);
        await _parts.FillLedgerAsync("tea", 1_100);

        Assert.Equal(1_101, (await _shop.CheckLedgerAsync()).MovementCount);
        Assert.Equal((1_101, 0), await _shop.LevelAsync("tea"));
    }

    private async Task ReceiveAsync(int times)
    {
        for (var i = 0; i < times; i++) Assert.Null((await _shop.AdjustAsync("tea", 1)).Refusal);
    }
}
