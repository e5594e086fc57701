using System.Diagnostics.CodeAnalysis;

namespace StreamCommerce.Engine;

/// <summary>What was asked for, or why not: exactly one of the two is there.</summary>
public readonly record struct Answer<T> where T : class
{
    private Answer(T? value, Refusal? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    /// <summary>What was asked for, where it was not refused.</summary>
    public T? Value { get; }

    /// <summary>Why not, where it was refused.</summary>
    public Refusal? Refusal { get; }

    /// <summary>True, and the value, where it was not refused.</summary>
    public bool Is([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Refusal? refusal)
    {
        value = Value;
        refusal = Refusal;
        return value is not null;
    }

    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(Refusal refusal) => new(null, refusal);
}
