using System.Security.Cryptography;

namespace StreamCommerce.Models.Registry;

/// <summary>Compares files.</summary>
public static class FileContent
{
    private const int BlockBytes = 1 << 20;

    /// <summary>SHA-256 of a file's bytes, hexadecimal.</summary>
    public static async Task<string> HashAsync(string file, CancellationToken ct)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, ct));
    }

    /// <summary>Whether two files hold the same bytes.</summary>
    public static async Task<bool> IsSameAsync(string left, string right, CancellationToken ct)
    {
        await using var one = File.OpenRead(left);
        await using var other = File.OpenRead(right);
        if (one.Length != other.Length) return false;
        var (a, b) = (new byte[BlockBytes], new byte[BlockBytes]);
        while (true)
        {
            var count = await one.ReadAtLeastAsync(a, BlockBytes, throwOnEndOfStream: false, ct);
            if (await other.ReadAtLeastAsync(b, BlockBytes, throwOnEndOfStream: false, ct) != count
                || !a.AsSpan(0, count).SequenceEqual(b.AsSpan(0, count)))
            {
                return false;
            }
            if (count == 0) return true;
        }
    }
}
