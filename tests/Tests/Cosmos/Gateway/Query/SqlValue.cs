using System.Text.Json;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>Types in the order in which the service sorts them.</summary>
internal enum SqlType : byte
{
    Undefined,
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// <summary>
/// A value of a query: a part of an item, which is written back as it was sent, or one that was
/// computed. Numbers are doubles, as in the service.
/// </summary>
internal readonly struct SqlValue
{
    private readonly double _number;
    private readonly object? _content;

    private SqlValue(SqlType type, double number, object? content)
    {
        Type = type;
        _number = number;
        _content = content;
    }

    public static SqlValue Undefined => default;

    public static SqlValue Null => new(SqlType.Null, 0, null);

    public SqlType Type { get; }

    public double Number => _number;

    public string Text => (string)_content!;

    /// <summary>True only for the boolean: no other value counts as true.</summary>
    public bool IsTrue => Type == SqlType.Boolean && _number != 0;

    public bool IsFalse => Type == SqlType.Boolean && _number == 0;

    public static SqlValue Of(bool value) => new(SqlType.Boolean, value ? 1 : 0, null);

    public static SqlValue Of(double value) => new(SqlType.Number, value, null);

    public static SqlValue Of(string value) => new(SqlType.String, 0, value);

    public static SqlValue OfArray(IReadOnlyList<SqlValue> values) =>
        new(SqlType.Array, 0, values);

    public static SqlValue OfObject(IReadOnlyList<KeyValuePair<string, SqlValue>> properties) =>
        new(SqlType.Object, 0, properties);

    public static SqlValue Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => Null,
        JsonValueKind.True => Of(true),
        JsonValueKind.False => Of(false),
        JsonValueKind.Number => new(SqlType.Number, json.GetDouble(), json),
        JsonValueKind.String => Of(json.GetString()!),
        JsonValueKind.Array => new(SqlType.Array, 0, json),
        JsonValueKind.Object => new(SqlType.Object, 0, json),
        _ => Undefined,
    };

    public SqlValue Property(string name) => (Type, _content) switch
    {
        (SqlType.Object, JsonElement json) =>
            json.TryGetProperty(name, out var value) ? Of(value) : Undefined,
        (SqlType.Object, IReadOnlyList<KeyValuePair<string, SqlValue>> properties) =>
            properties.FirstOrDefault(property => property.Key == name).Value,
        _ => Undefined,
    };

    public SqlValue Element(double index)
    {
        if (Type != SqlType.Array || index < 0 || index != Math.Floor(index) || index >= Length)
        {
            return Undefined;
        }

        return _content is JsonElement json
            ? Of(json[(int)index])
            : ((IReadOnlyList<SqlValue>)_content!)[(int)index];
    }

    /// <summary>Of an array.</summary>
    public int Length => _content is JsonElement json
        ? json.GetArrayLength()
        : ((IReadOnlyList<SqlValue>)_content!).Count;

    public IEnumerable<SqlValue> Elements()
    {
        for (var i = 0; i < Length; i++)
        {
            yield return Element(i);
        }
    }

    public IEnumerable<KeyValuePair<string, SqlValue>> Properties() => _content is JsonElement json
        ? json.EnumerateObject().Select(property =>
            KeyValuePair.Create(property.Name, Of(property.Value)))
        : (IReadOnlyList<KeyValuePair<string, SqlValue>>)_content!;

    /// <summary>Whether two values of one type are the same, all the way down.</summary>
    public static bool AreEqual(SqlValue left, SqlValue right)
    {
        if (left.Type != right.Type)
        {
            return false;
        }

        return left.Type switch
        {
            SqlType.String => left.Text == right.Text,
            SqlType.Array => left.Elements().SequenceEqual(right.Elements(), Same),
            SqlType.Object => AreEqualObjects(left, right),
            _ => left._number == right._number,
        };
    }

    /// <summary>The order of ORDER BY, MIN and MAX: by type, then by value.</summary>
    public static int Compare(SqlValue left, SqlValue right)
    {
        if (left.Type != right.Type)
        {
            return left.Type.CompareTo(right.Type);
        }

        return left.Type switch
        {
            SqlType.String => string.CompareOrdinal(left.Text, right.Text),
            SqlType.Boolean or SqlType.Number => left._number.CompareTo(right._number),
            _ => 0,
        };
    }

    /// <summary>Writes the value, which must not be undefined.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        switch (Type)
        {
            case SqlType.Null:
                writer.WriteNullValue();
                break;
            case SqlType.Boolean:
                writer.WriteBooleanValue(_number != 0);
                break;
            case SqlType.String:
                writer.WriteStringValue(Text);
                break;
            case var _ when _content is JsonElement json:
                json.WriteTo(writer);
                break;
            case SqlType.Number:
                writer.WriteNumberValue(_number);
                break;
            case SqlType.Array:
                WriteArray(writer);
                break;
            case SqlType.Object:
                WriteObject(writer);
                break;
            default:
                throw new InvalidOperationException("Undefined is no JSON.");
        }
    }

    private static IEqualityComparer<SqlValue> Same { get; } =
        EqualityComparer<SqlValue>.Create(AreEqual, value => (int)value.Type);

    private static bool AreEqualObjects(SqlValue left, SqlValue right)
    {
        var others = right.Properties().ToDictionary(StringComparer.Ordinal);
        var count = 0;
        foreach (var (name, value) in left.Properties())
        {
            count++;
            if (!others.TryGetValue(name, out var other) || !AreEqual(value, other))
            {
                return false;
            }
        }

        return count == others.Count;
    }

    private void WriteArray(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var element in Elements().Where(element => element.Type != SqlType.Undefined))
        {
            element.Write(writer);
        }

        writer.WriteEndArray();
    }

    private void WriteObject(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in Properties())
        {
            if (value.Type != SqlType.Undefined)
            {
                writer.WritePropertyName(name);
                value.Write(writer);
            }
        }

        writer.WriteEndObject();
    }
}
