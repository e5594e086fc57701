using System.Buffers;
using System.Globalization;
using System.Text;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// What a caller has written: the session tokens of the partitions, which the caller hands to
/// whichever instance it asks next, so that it reads its own writes there. Within one instance the
/// SDK sees to that. Flows with the call (<see cref="AsyncLocal{T}"/>).
/// </summary>
/// <remarks>
/// By partition, not for the whole account: a token of everything that an instance ever did would
/// grow with it, and would make a reader wait for what it does not care about. And short-lived:
/// after <see cref="Lifetime"/> a write has arrived everywhere, or its region is lost.
/// </remarks>
/// <param name="now">When the call began: how old its writes will be for the next one.</param>
public sealed class CosmosSession(DateTimeOffset now)
{
    /// <summary>How long a write is taken along.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <summary>Letters of the longest session; the oldest writes are left out of a longer one.
    /// </summary>
    public const int TextLimit = 4_096;

    // A checkout writes about ten partitions; older ones have long arrived everywhere.
    private const int TokenLimit = 16;

    // A letter that neither names of containers nor tokens have.
    private const char Between = '\n';
    private const int Fields = 4;

    private static readonly SearchValues<char> TokenLetters =
        SearchValues.Create("0123456789:#=-");

    private static readonly AsyncLocal<CosmosSession?> Ambient = new();

    private readonly Lock _gate = new();

    // The newest last.
    private readonly List<Token> _tokens = [];

    private readonly record struct Token(
        string Container, string Partition, string Value, long WrittenAt)
    {
        /// <summary>The range of partitions that it is of.</summary>
        public ReadOnlySpan<char> Range => Value.AsSpan(0, Value.IndexOf(':'));

        /// <summary>How far the range was, behind the first <c>#</c>; -1 where it does not say.
        /// </summary>
        public long Progress
        {
            get
            {
                var rest = Value.AsSpan(Value.IndexOf('#') + 1);
                var end = rest.IndexOf('#');
                return long.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None,
                    CultureInfo.InvariantCulture, out var number) ? number : -1;
            }
        }

        public string Text => string.Create(CultureInfo.InvariantCulture,
            $"{Container}{Between}{Partition}{Between}{Value}{Between}{WrittenAt}");
    }

    /// <summary>The caller's session; null outside of any call.</summary>
    public static CosmosSession? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>Whether this call has written: then the caller is told.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>Reads what <see cref="ToString"/> gave, without what is too old by now; what it
    /// cannot read is no session, since then a read is merely as fresh as its replica.</summary>
    public static CosmosSession Parse(string? text, DateTimeOffset now)
    {
        var session = new CosmosSession(now);
        if (string.IsNullOrEmpty(text) || text.Length > TextLimit) return session;
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) return session;
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(Between);
        var (oldest, newest) = (
            (now - Lifetime).ToUnixTimeSeconds(), (now + Lifetime).ToUnixTimeSeconds());
        for (var i = 0; i + Fields <= parts.Length; i += Fields)
        {
            if (IsToken(parts[i + 2]) && long.TryParse(parts[i + 3], NumberStyles.None,
                CultureInfo.InvariantCulture, out var writtenAt) && writtenAt >= oldest
                // Clocks of instances differ, but not by so much.
                && writtenAt <= newest)
            {
                session.Keep(new(parts[i], parts[i + 1], parts[i + 2], writtenAt));
            }
        }
        return session;
    }

    /// <summary>How the caller takes it along; empty where nothing was written.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            for (var from = 0; from < _tokens.Count; from++)
            {
                var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Join(
                    Between, _tokens.Skip(from).Select(token => token.Text))));
                if (text.Length <= TextLimit) return text;
            }
            return "";
        }
    }

    /// <summary>The token to read a partition with; null: nothing was written there.</summary>
    internal static string? TokenOf(string container, string partition) =>
        Current?.Find(container, partition);

    /// <summary>The token to read all partitions of a container with; null: nothing was written
    /// there.</summary>
    internal static string? TokenOf(string container) => Current?.FindAll(container);

    /// <summary>No region has what the token names: it is not asked for again.</summary>
    internal static void Lose(string container, string? partition)
    {
        if (Current is not { } session) return;
        lock (session._gate)
        {
            session._tokens.RemoveAll(token => token.Container == container
                && (partition is null || token.Partition == partition));
        }
    }

    internal static void Wrote(string container, string partition, string? token)
    {
        if (token is null || Current is not { } session) return;
        session.HasWritten = true;
        // Ids of documents may not hold it, and a key that does is not worth a broken session.
        if (partition.Contains(Between) || !IsToken(token)) return;
        session.Keep(new(container, partition, token, session.Now));
    }

    private long Now { get; } = now.ToUnixTimeSeconds();

    // Range, version and progress of each region: anything else the account would refuse.
    private static bool IsToken(string text) =>
        text.IndexOf(':') > 0 && !text.AsSpan().ContainsAnyExcept(TokenLetters);

    private string? Find(string container, string partition)
    {
        lock (_gate)
        {
            foreach (var token in _tokens)
            {
                if (token.Container == container && token.Partition == partition)
                    return token.Value;
            }
            return null;
        }
    }

    // Progress is counted by range: of a range's writes the furthest knows all before it.
    private string? FindAll(string container)
    {
        lock (_gate)
        {
            var furthest = _tokens.Where(token => token.Container == container)
                .GroupBy(token => token.Range.ToString())
                .Select(range => range.MaxBy(token => token.Progress).Value).ToList();
            return furthest.Count == 0 ? null : string.Join(',', furthest);
        }
    }

    private void Keep(Token token)
    {
        lock (_gate)
        {
            var known = _tokens.FindIndex(other =>
                other.Container == token.Container && other.Partition == token.Partition);
            if (known >= 0)
            {
                // Answers of writes side by side come in any order.
                if (_tokens[known].Range.SequenceEqual(token.Range)
                    && _tokens[known].Progress > token.Progress) return;
                _tokens.RemoveAt(known);
            }
            if (_tokens.Count == TokenLimit) _tokens.RemoveAt(0);
            _tokens.Add(token);
        }
    }
}
