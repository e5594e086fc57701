using System.Buffers;
using Microsoft.Azure.Cosmos;

namespace StreamCommerce.Engine.Storage.Cosmos;

/// <summary>
/// What a caller has written: the session tokens of the partitions, which the caller hands to
/// whichever instance it asks next, so that it reads its own writes there. Within one instance the
/// SDK sees to that. Flows with the call (<see cref="AsyncLocal{T}"/>).
/// </summary>
/// <remarks>
/// By partition, not for the whole account: a token of everything that an instance ever did would
/// grow with it, and would make a reader wait for what it does not care about.
/// </remarks>
public sealed class CosmosSession
{
    // A checkout writes about ten partitions; older ones have long arrived everywhere.
    private const int TokenLimit = 16;

    // Letters that neither names of containers nor tokens have.
    private const char Between = '\n';

    private static readonly SearchValues<char> TokenLetters =
        SearchValues.Create("0123456789:#=,-");

    private static readonly AsyncLocal<CosmosSession?> Ambient = new();

    private readonly Lock _gate = new();
    private readonly List<Token> _tokens = [];

    private readonly record struct Token(string Container, string Partition, string Value);

    /// <summary>The caller's session; null outside of any call.</summary>
    public static CosmosSession? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>Reads what <see cref="ToString"/> gave; what it cannot read is no session, since
    /// then a read is merely as fresh as its replica.</summary>
    public static CosmosSession Parse(string? text)
    {
        var session = new CosmosSession();
        if (string.IsNullOrEmpty(text)) return session;
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) return session;
        var parts = System.Text.Encoding.UTF8.GetString(bytes, 0, length).Split(Between);
        for (var i = 0; i + 2 < parts.Length && session._tokens.Count < TokenLimit; i += 3)
        {
            if (IsToken(parts[i + 2]))
                session._tokens.Add(new(parts[i], parts[i + 1], parts[i + 2]));
        }
        return session;
    }

    // Range, version and progress of each region: anything else the account would refuse.
    private static bool IsToken(string text) =>
        text.Contains(':') && !text.AsSpan().ContainsAnyExcept(TokenLetters);

    /// <summary>How the caller takes it along; empty where nothing was written.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            return Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(string.Join(
                Between, _tokens.Select(token =>
                    $"{token.Container}{Between}{token.Partition}{Between}{token.Value}"))));
        }
    }

    internal static ItemRequestOptions? ReadOptions(string container, string partition) =>
        Current?.Find(container, partition) is { } token ? new() { SessionToken = token } : null;

    internal static void Wrote(string container, string partition, string? token)
    {
        if (token is not null) Current?.Keep(new(container, partition, token));
    }

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

    private void Keep(Token token)
    {
        // Ids of documents may not hold it, and a key that does is not worth a broken session.
        if (token.Partition.Contains(Between)) return;
        lock (_gate)
        {
            _tokens.RemoveAll(other =>
                other.Container == token.Container && other.Partition == token.Partition);
            if (_tokens.Count == TokenLimit) _tokens.RemoveAt(0);
            _tokens.Add(token);
        }
    }
}
