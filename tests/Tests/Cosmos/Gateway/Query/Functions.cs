using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>
/// The functions that queries may call here. An argument of a wrong type makes the result
/// undefined, as documented.
/// </summary>
internal static class Functions
{
    private static readonly Dictionary<string, (int Least, int Most)> Arities =
        new(StringComparer.Ordinal)
        {
            ["IS_DEFINED"] = (1, 1),
            ["IS_NULL"] = (1, 1),
            ["IS_BOOL"] = (1, 1),
            ["IS_BOOLEAN"] = (1, 1),
            ["IS_NUMBER"] = (1, 1),
            ["IS_STRING"] = (1, 1),
            ["IS_ARRAY"] = (1, 1),
            ["IS_OBJECT"] = (1, 1),
            ["IS_PRIMITIVE"] = (1, 1),
            ["ARRAY_CONTAINS"] = (2, 3),
            ["ARRAY_LENGTH"] = (1, 1),
            ["STARTSWITH"] = (2, 3),
            ["ENDSWITH"] = (2, 3),
            ["CONTAINS"] = (2, 3),
            ["STRINGEQUALS"] = (2, 3),
            ["LOWER"] = (1, 1),
            ["UPPER"] = (1, 1),
            ["LENGTH"] = (1, 1),
            ["CONCAT"] = (2, 64),
            ["ABS"] = (1, 1),
            ["FLOOR"] = (1, 1),
            ["CEILING"] = (1, 1),
        };

    /// <exception cref="GatewayException">No such function, or not so many
    /// arguments.</exception>
    public static void Check(string name, int arguments)
    {
        if (!Arities.TryGetValue(name, out var arity))
        {
            throw GatewayException.NotSpoken($"the function {name}");
        }

        if (arguments < arity.Least || arguments > arity.Most)
        {
            throw GatewayException.BadRequest(
                $"{name} takes {arity.Least} to {arity.Most} arguments, and not {arguments}.");
        }
    }

    public static SqlValue Apply(string name, ReadOnlySpan<SqlValue> values)
    {
        var type = values[0].Type;
        return name switch
        {
            "IS_DEFINED" => SqlValue.Of(type != SqlType.Undefined),
            "IS_NULL" => SqlValue.Of(type == SqlType.Null),
            "IS_BOOL" or "IS_BOOLEAN" => SqlValue.Of(type == SqlType.Boolean),
            "IS_NUMBER" => SqlValue.Of(type == SqlType.Number),
            "IS_STRING" => SqlValue.Of(type == SqlType.String),
            "IS_ARRAY" => SqlValue.Of(type == SqlType.Array),
            "IS_OBJECT" => SqlValue.Of(type == SqlType.Object),
            "IS_PRIMITIVE" => SqlValue.Of(type is > SqlType.Undefined and < SqlType.Array),
            "ARRAY_CONTAINS" => ArrayContains(values),
            "ARRAY_LENGTH" => type == SqlType.Array ? SqlValue.Of(values[0].Length) : default,
            "LOWER" => type == SqlType.String
                ? SqlValue.Of(values[0].Text.ToLowerInvariant())
                : default,
            "UPPER" => type == SqlType.String
                ? SqlValue.Of(values[0].Text.ToUpperInvariant())
                : default,
            "LENGTH" => type == SqlType.String ? SqlValue.Of(values[0].Text.Length) : default,
            "CONCAT" => Concat(values),
            "ABS" => type == SqlType.Number ? SqlValue.Of(Math.Abs(values[0].Number)) : default,
            "FLOOR" => type == SqlType.Number
                ? SqlValue.Of(Math.Floor(values[0].Number))
                : default,
            "CEILING" => type == SqlType.Number
                ? SqlValue.Of(Math.Ceiling(values[0].Number))
                : default,
            _ => OfTwoTexts(name, values),
        };
    }

    private static SqlValue OfTwoTexts(string name, ReadOnlySpan<SqlValue> values)
    {
        if (values[0].Type != SqlType.String || values[1].Type != SqlType.String)
        {
            return SqlValue.Undefined;
        }

        var (text, other) = (values[0].Text, values[1].Text);
        var how = values.Length == 3 && values[2].IsTrue
            ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal;
        return SqlValue.Of(name switch
        {
            "STARTSWITH" => text.StartsWith(other, how),
            "ENDSWITH" => text.EndsWith(other, how),
            "CONTAINS" => text.Contains(other, how),
            _ => text.Equals(other, how),
        });
    }

    private static SqlValue ArrayContains(ReadOnlySpan<SqlValue> values)
    {
        var (array, wanted) = (values[0], values[1]);
        if (array.Type != SqlType.Array || wanted.Type == SqlType.Undefined)
        {
            return SqlValue.Undefined;
        }

        var isPartial = values.Length == 3 && values[2].IsTrue;
        for (var i = 0; i < array.Length; i++)
        {
            var element = array.Element(i);
            if (isPartial ? HasPart(element, wanted) : SqlValue.AreEqual(element, wanted))
            {
                return SqlValue.Of(true);
            }
        }

        return SqlValue.Of(false);
    }

    private static bool HasPart(SqlValue element, SqlValue part) =>
        element.Type == SqlType.Object && part.Type == SqlType.Object
            ? part.Properties().All(property =>
                SqlValue.AreEqual(element.Property(property.Key), property.Value))
            : SqlValue.AreEqual(element, part);

    private static SqlValue Concat(ReadOnlySpan<SqlValue> values)
    {
        var text = new System.Text.StringBuilder();
        foreach (var value in values)
        {
            if (value.Type != SqlType.String)
            {
                return SqlValue.Undefined;
            }

            text.Append(value.Text);
        }

        return SqlValue.Of(text.ToString());
    }
}
