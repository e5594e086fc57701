using StreamCommerce.Engine;
using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// The shop through all its crashes: what is durable, the banks, and the process that runs now.
/// </summary>
internal sealed class SimulatedShop
{
    private static readonly TimeSpan LongestRestart = TimeSpan.FromSeconds(90);

    private readonly HashSet<Bank> _down = [];

    public SimulatedShop(
        VirtualWorld world, Chance chance, Trace trace, ISimulatedStore durable)
    {
        (World, Chance, Trace, Durable) = (world, chance, trace, durable);
        Books = new(this);
        foreach (var bank in Banks) bank.OnEffect = OnEffect;
    }

    /// <summary>
    /// No breaker: its opening is told on another thread, which no seed decides about.
    /// </summary>
    public static PaymentOptions PaymentOptions { get; } = new()
    {
        BreakerThroughput = 10_000,
        Gateways = [new() { Name = "one", Weight = 2 }, new() { Name = "two" }],
    };

    public VirtualWorld World { get; }

    public Chance Chance { get; }

    public Trace Trace { get; }

    /// <summary>What survives.</summary>
    public ISimulatedStore Durable { get; }

    public Bank[] Banks { get; } = [new("one"), new("two")];

    public Books Books { get; }

    /// <summary>The process that runs; null after a crash.</summary>
    public ShopProcess? Process { get; private set; }

    /// <summary>Since when nothing has kept the process from its housekeeping.</summary>
    public DateTimeOffset? HealthySince { get; private set; }

    public int Crashes { get; private set; }

    public void Start()
    {
        Trace.Add("start", "");
        HealthySince = World.Now;
        Process = new(this, new Life(World));
        Process.Start();
    }

    public void Crash(string where)
    {
        if (Process is not { } process) return;
        Trace.Add("crash", where);
        Crashes++;
        process.Life.End();
        (Process, HealthySince) = (null, null);
        World.After(Chance.UpTo(LongestRestart), World.Outside, Start);
    }

    /// <summary>A moment at which the process may die.</summary>
    public async ValueTask CrashPointAsync(Life life, string where)
    {
        if (life.IsOver || !Chance.Strikes(Chance.Crash)) return;
        Crash(where);
        await new TaskCompletionSource().Task;
    }

    public void Written()
    {
        try
        {
            Books.CheckWrite();
        }
        catch (BrokenInvariantException broken)
        {
            // Whoever wrote might swallow it.
            World.Fail(broken);
            throw;
        }
        Process?.Wake();
    }

    public void StoreFailed()
    {
        Trace.Add("store fault", "");
        HealthySince = World.Now;
    }

    public bool IsDown(Bank bank) => _down.Contains(bank);

    /// <summary>A bank does not work for a while.</summary>
    public void TakeDown(Bank bank, TimeSpan duration)
    {
        Trace.Add("down", bank.Name);
        _down.Add(bank);
        World.After(duration, World.Outside, () => _down.Remove(bank));
    }

    public void CalmDown()
    {
        Trace.Add("calm", "");
        Chance.IsRough = false;
        _down.Clear();
    }

    public DateTimeOffset? NextOrderDue()
    {
        var next = Durable.NextRepair(ofOrders: true);
        Read(state =>
        {
            foreach (var order in state.Orders)
                if (order.DueAt is { } due && (next is null || due < next)) next = due;
        });
        return next;
    }

    public DateTimeOffset? NextReservationDue()
    {
        var next = Durable.NextRepair(ofOrders: false);
        Read(state =>
        {
            if (state.FirstEnd is { } end && (next is null || end < next)) next = end;
        });
        return next;
    }

    /// <summary>Looks at what is durable, without anybody's noticing.</summary>
    public void Read(Action<IDurableState> look) => Durable.Read(look);

    private void OnEffect(Bank bank, BankEntry entry, string? broken)
    {
        Books.CheckEffect(bank, entry, broken);
        var notices = Chance.Strikes(Chance.Webhooks) ? 1 + Chance.Below(2) : 0;
        for (var i = 0; i < notices; i++) Notify(bank, entry, tries: 5);
    }

    // Late, twice, out of order, and again where nobody took it.
    private void Notify(Bank bank, BankEntry entry, int tries)
    {
        var asked = entry.Asked;
        var notice = new PaymentNotice(
            bank.Name, $"evt-{asked.Id}-{entry.State}", asked.Id, asked.Order, asked.Kind,
            entry.State, "ref_" + asked.Id, asked.Amount, World.Now);
        World.After(Chance.UpToSeconds(200), World.Outside, () =>
        {
            if (Process is not { } process)
            {
                if (tries > 0) Notify(bank, entry, tries - 1);
                return;
            }
            Trace.Add("webhook", asked.Id.Value, entry.State.ToString());
            World.Begin(process.Life, async () =>
            {
                var isTaken = false;
                try
                {
                    isTaken = await process.Saga.NoticeAsync(notice, CancellationToken.None);
                }
                catch (StoreUnavailableException)
                {
                    // As if nobody was there.
                }
                if (!isTaken && tries > 0) Notify(bank, entry, tries - 1);
            });
        });
    }
}
