using StreamCommerce.Engine.Pipeline.State;

namespace StreamCommerce.Engine.Sessions;

/// <summary>What sums over sessions are made of.</summary>
/// <param name="FirstTicks">When it began, in UTC ticks.</param>
/// <param name="Marks">What its events were marked with, together.</param>
/// <param name="HasEnded">Whether its silence has lasted longer than the gap.</param>
internal readonly record struct SessionFacts(long FirstTicks, byte Marks, bool HasEnded);

/// <summary>One visitor's session while events can still reach it.</summary>
internal sealed class Session(string source, long ticks)
{
    /// <summary>Whose watermark ends it.</summary>
    public string Source { get; } = source;

    /// <summary>The storefront's name for it; null until an event gives one.</summary>
    public string? Id { get; set; }

    public long FirstTicks { get; private set; } = ticks;

    public long LastTicks { get; private set; } = ticks;

    public byte Marks { get; private set; }

    public bool HasEnded { get; set; }

    /// <summary>Number of its latest timeout; an older one is void.</summary>
    public int Ticket { get; set; }

    /// <summary>No longer in any list; its timeout does nothing.</summary>
    public bool IsGone { get; set; }

    public SessionFacts Facts => new(FirstTicks, Marks, HasEnded);

    /// <summary>The first watermark at which it has ended.</summary>
    public long EndTicks => LastTicks + SessionRules.Gap.Ticks + 1;

    public bool Reaches(long ticks) =>
        ticks >= FirstTicks - SessionRules.Gap.Ticks
        && ticks <= LastTicks + SessionRules.Gap.Ticks;

    /// <summary>Whether the two are one: near enough, and not told apart by their names.</summary>
    public bool Touches(Session other) =>
        (Id is null || other.Id is null)
        && other.FirstTicks <= LastTicks + SessionRules.Gap.Ticks
        && other.LastTicks >= FirstTicks - SessionRules.Gap.Ticks;

    public void Include(long ticks, string? id, byte marks)
    {
        FirstTicks = Math.Min(FirstTicks, ticks);
        LastTicks = Math.Max(LastTicks, ticks);
        Id ??= id;
        Marks |= marks;
    }

    public void Join(Session other)
    {
        Include(other.FirstTicks, other.Id, other.Marks);
        Include(other.LastTicks, other.Id, other.Marks);
    }

    public void Write(StateWriter output)
    {
        output.WriteText(Source);
        output.WriteText(Id ?? "");
        output.WriteSigned(FirstTicks);
        output.WriteSigned(LastTicks - FirstTicks);
        output.WriteCount(Marks);
        output.WriteCount(HasEnded ? 1 : 0);
    }

    public static Session Read(StateReader input)
    {
        var source = input.ReadText();
        var id = input.ReadText() is { Length: > 0 } text ? text : null;
        var first = input.ReadSigned();
        var session = new Session(source, first);
        session.Include(first + input.ReadSigned(), id, (byte)input.ReadCount());
        session.HasEnded = input.ReadCount() == 1;
        return session;
    }
}
