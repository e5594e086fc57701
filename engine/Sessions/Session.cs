using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Engine.Sessions;

/// <summary>What sums over sessions are made of.</summary>
/// <param name="FirstTicks">When it began, in UTC ticks.</param>
/// <param name="Names">A bit for each <see cref="EventName"/> among its events.</param>
/// <param name="HasEnded">Whether its silence has lasted longer than the gap.</param>
public readonly record struct SessionFacts(long FirstTicks, ushort Names, bool HasEnded)
{
    /// <summary>Whether an event of that name is in the session.</summary>
    public bool Has(EventName name) => (Names & (1 << (int)name)) != 0;
}

/// <summary>A change of what is known of a visitor's sessions.</summary>
/// <param name="Facts">A session's facts.</param>
/// <param name="Sign">-1: they no longer hold; +1: they do now.</param>
/// <param name="IsJoin">Whether they no longer hold because the session is part of another.</param>
public readonly record struct SessionChange(SessionFacts Facts, int Sign, bool IsJoin)
{
    /// <summary>Whose session it is and what it spans, for those who look up what was done in it.
    /// </summary>
    public SessionSpan Span { get; init; }
}

/// <summary>Whose a session is, and what it spans.</summary>
/// <param name="Visitor">The visitor's number in the partition.</param>
/// <param name="FirstTicks">Its first event, in UTC ticks.</param>
/// <param name="LastTicks">Its last event.</param>
/// <param name="Tag">What stands for the storefront's name of it, as
/// <see cref="Profiles.Interaction.Session"/>; 0 where it has none.</param>
public readonly record struct SessionSpan(
    int Visitor, long FirstTicks, long LastTicks, ushort Tag);

/// <summary>
/// One visitor's session while events can still reach it. A plain value without references: there
/// are hundreds of thousands, and the garbage collector must not have to look at them.
/// </summary>
internal struct Session
{
    /// <summary>Whose watermark ends it, by its number.</summary>
    public int Source;

    public int Visitor;

    /// <summary>The visitor's next session, or -1; for a free place, the next free one.</summary>
    public int Next;

    public ushort Names;

    public bool HasEnded;

    public bool IsAlive;

    /// <summary>The hash of the storefront's name for it; 0 until an event gives one.</summary>
    public ulong Id;

    public long FirstTicks;

    public long LastTicks;

    /// <summary>When it is looked at next; earlier asked looks are void.</summary>
    public long LookTicks;

    public readonly SessionSpan Span => new(Visitor, FirstTicks, LastTicks, (ushort)Id);

    public readonly SessionFacts Facts => new(FirstTicks, Names, HasEnded);

    /// <summary>The first watermark at which it has ended.</summary>
    public readonly long EndTicks => LastTicks + SessionRules.Gap.Ticks + 1;

    public readonly bool Reaches(long ticks) =>
        ticks >= FirstTicks - SessionRules.Gap.Ticks
        && ticks <= LastTicks + SessionRules.Gap.Ticks;

    /// <summary>Whether the two are one: near enough, and not told apart by their names.</summary>
    public readonly bool Touches(in Session other) =>
        (Id == 0 || other.Id == 0)
        && other.FirstTicks <= LastTicks + SessionRules.Gap.Ticks
        && other.LastTicks >= FirstTicks - SessionRules.Gap.Ticks;

    /// <summary>Whether it is nearer to a time than another is; where both are as near, whether
    /// it is the earlier one. By what is known of them, not by the order of arrival.</summary>
    public readonly bool IsNearer(in Session other, long first, long last)
    {
        var (own, others) = (DistanceTo(first, last), other.DistanceTo(first, last));
        if (own != others) return own < others;
        return FirstTicks != other.FirstTicks ? FirstTicks < other.FirstTicks : Id < other.Id;
    }

    private readonly long DistanceTo(long first, long last) =>
        Math.Max(0, Math.Max(FirstTicks - last, first - LastTicks));

    public void Include(long ticks, ulong id, int names)
    {
        FirstTicks = Math.Min(FirstTicks, ticks);
        LastTicks = Math.Max(LastTicks, ticks);
        if (Id == 0) Id = id;
        Names |= (ushort)names;
    }

    public void Join(in Session other)
    {
        Include(other.FirstTicks, other.Id, other.Names);
        Include(other.LastTicks, other.Id, other.Names);
    }

    public readonly void Write(StateWriter output, string source)
    {
        output.WriteText(source);
        output.WriteUInt64(Id);
        output.WriteSigned(FirstTicks);
        output.WriteSigned(LastTicks - FirstTicks);
        output.WriteCount(Names);
        output.WriteCount(HasEnded ? 1 : 0);
    }
}
