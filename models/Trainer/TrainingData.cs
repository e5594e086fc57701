using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StreamCommerce.Models.Factorization;
using StreamCommerce.Models.Ranking;
using StreamCommerce.Models.Registry;

namespace StreamCommerce.Models.Trainer;

/// <summary>Something that a user did with an item.</summary>
/// <param name="Item">The item's number.</param>
/// <param name="Kind">What it was.</param>
/// <param name="Time">When, in seconds since 1970; 0 where nobody knows.</param>
public readonly record struct Interaction(int Item, InteractionKind Kind, double Time);

/// <summary>
/// What a model is trained from and measured by: users' interactions with numbered items, each
/// user's oldest first. Does not change.
/// </summary>
public sealed class TrainingData
{
    private readonly Interaction[][] _users;

    /// <param name="users">Each user's interactions, oldest first. Kept, not copied.</param>
    /// <param name="items">The items' ids, by number, each once.</param>
    /// <exception cref="ArgumentException">An interaction's item is outside the range.</exception>
    public TrainingData(Interaction[][] users, IReadOnlyList<string> items)
    {
        foreach (var user in users)
            foreach (var interaction in user)
                if ((uint)interaction.Item >= (uint)items.Count)
                    throw new ArgumentException($"There is no item {interaction.Item}.",
                        nameof(users));
        (_users, Items) = (users, items);
        InteractionCount = users.Sum(user => (long)user.Length);
    }

    public IReadOnlyList<string> Items { get; }

    /// <summary>Users, also those without an interaction.</summary>
    public int UserCount => _users.Length;

    public long InteractionCount { get; }

    /// <summary>A user's interactions, oldest first.</summary>
    public ReadOnlySpan<Interaction> this[int user] => _users[user];

    /// <summary>The first and last interaction; null where no times are known.</summary>
    public (DateTimeOffset From, DateTimeOffset Until)? Range()
    {
        var times = _users.Where(user => user.Length > 0).ToList();
        if (times.Count == 0) return null;
        var (from, until) = (times.Min(user => user[0].Time), times.Max(user => user[^1].Time));
        return until > 0 ? (At(from), At(until)) : null;
    }

    /// <summary>SHA-256 of items and interactions in their order, hexadecimal.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var item in Items) hash.AppendData(Encoding.UTF8.GetBytes(item + "\n"));
        var bytes = new byte[13];
        foreach (var user in _users)
        {
            foreach (var interaction in user)
            {
                BinaryPrimitives.WriteInt32LittleEndian(bytes, interaction.Item);
                bytes[4] = (byte)interaction.Kind;
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(5), interaction.Time);
                hash.AppendData(bytes);
            }
            hash.AppendData("\n"u8);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The interactions with their weights at a moment.</summary>
    /// <param name="weights">Weights of the kinds, and how they decay.</param>
    /// <param name="at">The moment, in seconds since 1970; times are passed over where it is 0.
    /// </param>
    public Histories Weigh(FoldInParameters weights, double at)
    {
        var starts = new int[_users.Length + 1];
        var entries = new List<HistoryEntry>((int)Math.Min(InteractionCount, Array.MaxLength));
        for (var user = 0; user < _users.Length; user++)
        {
            foreach (var (item, kind, time) in _users[user])
            {
                var age = at > 0 ? TimeSpan.FromSeconds(Math.Max(0, at - time)) : TimeSpan.Zero;
                var weight = InteractionWeights.Of(kind, age, weights);
                // So long ago that nothing is left of it.
                if (weight > 0) entries.Add(new(item, weight, time));
            }
            starts[user + 1] = entries.Count;
        }
        return new Histories(starts, [.. entries], Items.Count);
    }

    /// <summary>The users' interactions that a test is true for; all users stay.</summary>
    public TrainingData Where(Func<Interaction, bool> test) =>
        new([.. _users.Select(user => Array.FindAll(user, new(test)))], Items);

    /// <summary>Views of a public dataset, whose histories carry no kinds.</summary>
    public static TrainingData Of(Histories histories, IReadOnlyList<string> items)
    {
        var users = new Interaction[histories.UserCount][];
        for (var user = 0; user < users.Length; user++)
        {
            users[user] = [.. histories[user].ToArray()
                .Select(entry => new Interaction(entry.Item, InteractionKind.View, entry.Time))];
        }
        return new(users, items);
    }

    private static DateTimeOffset At(double seconds) =>
        DateTimeOffset.UnixEpoch.AddSeconds(seconds);
}
