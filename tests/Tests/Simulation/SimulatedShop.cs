using StreamCommerce.Engine;
using StreamCommerce.Engine.Payments;

namespace StreamCommerce.Tests.Simulation;

/// <summary>
/// The shop through all its crashes: what is durable, the banks, and the processes that run now.
/// </summary>
internal sealed class SimulatedShop
{
    private static readonly TimeSpan LongestRestart = TimeSpan.FromSeconds(90);

    // By how much a clock may be wrong: below what the leases allow for.
    private static readonly TimeSpan SkewMaximum = TimeSpan.FromSeconds(4);

    private readonly HashSet<Bank> _down = [];
    private readonly ShopProcess?[] _processes;
    private readonly TimeSpan[] _skews;

    public SimulatedShop(
        VirtualWorld world, Chance chance, Trace trace, ISimulatedStore durable)
    {
        (World, Chance, Trace, Durable) = (world, chance, trace, durable);
        Books = new(this);
        foreach (var bank in Banks) bank.OnEffect = OnEffect;
        _processes = new ShopProcess?[durable.ProcessCount];
        _skews = new TimeSpan[durable.ProcessCount];
        // The first one's clock is right; that of another is ahead or behind.
        for (var i = 1; i < _skews.Length; i++)
            _skews[i] = Chance.UpTo(SkewMaximum) * Chance.Of(-1, 1);
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

    /// <summary>The processes that run.</summary>
    public IEnumerable<ShopProcess> Processes => _processes.OfType<ShopProcess>();

    /// <summary>Since when nothing has kept the one process from its housekeeping.</summary>
    public DateTimeOffset? HealthySince { get; private set; }

    public int Crashes { get; private set; }

    /// <summary>Starts all processes.</summary>
    public void Start()
    {
        for (var i = 0; i < _processes.Length; i++) Start(i);
    }

    /// <summary>The process that a client's request comes to; null where that one is down.
    /// </summary>
    public ShopProcess? Pick() => _processes[PickNumber()];

    /// <summary>One of the processes dies, unless that one is down.</summary>
    public void Crash(string where) => Crash(PickNumber(), where);

    private void Start(int number)
    {
        Trace.Add("start", $"{number}");
        HealthySince = World.Now;
        var process = new ShopProcess(this, new Life(World, _skews[number]), number);
        _processes[number] = process;
        process.Start();
    }

    private void Crash(int number, string where)
    {
        if (_processes[number] is not { } process) return;
        Trace.Add("crash", where, $"{number}");
        Crashes++;
        process.Life.End();
        (_processes[number], HealthySince) = (null, null);
        World.After(Chance.UpTo(LongestRestart), World.Outside, () => Start(number));
    }

    private int PickNumber() => _processes.Length == 1 ? 0 : Chance.Below(_processes.Length);

    /// <summary>A moment at which the process may die.</summary>
    public async ValueTask CrashPointAsync(Life life, string where)
    {
        if (life.IsOver || !Chance.Strikes(Chance.Crash)) return;
        Crash(Array.FindIndex(_processes, process => process?.Life == life), where);
        await new TaskCompletionSource().Task;
    }

    /// <summary>A moment after which the process may stand still, longer than any lease.</summary>
    public void StandStillPoint(Life life)
    {
        if (life.IsOver || !Chance.Strikes(Chance.StandStill)) return;
        Trace.Add("stands still", "");
        life.StandStill(Chance.UpToSeconds(90));
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
        foreach (var process in Processes) process.Wake();
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
            if (Pick() is not { } process)
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
