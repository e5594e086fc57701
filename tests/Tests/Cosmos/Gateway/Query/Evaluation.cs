using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>
/// Computes expressions by the service's rules: a comparison of values of different types, or with
/// undefined, is undefined; AND and OR know three values; only true selects an item.
/// </summary>
/// <param name="item">The item, or undefined where there is none.</param>
/// <param name="parameters">By name, with the @.</param>
/// <param name="aggregates">Their results by position, once they are known.</param>
internal readonly ref struct Evaluation(
    SqlValue item,
    IReadOnlyDictionary<string, SqlValue> parameters,
    ReadOnlySpan<SqlValue> aggregates = default)
{
    private readonly ReadOnlySpan<SqlValue> _aggregates = aggregates;

    /// <exception cref="GatewayException">A parameter that was not given.</exception>
    public SqlValue Of(Expression expression)
    {
        switch (expression)
        {
            case Literal literal:
                return literal.Value;
            case Item:
                return item;
            case PropertyOf path:
                return Of(path.Of).Property(path.Name);
            case Comparison comparison:
                return Compare(comparison.Operator, Of(comparison.Left), Of(comparison.Right));
            case And and:
                return OfAnd(and);
            case Or or:
                return OfOr(or);
            case Not not:
                var negated = Of(not.Of);
                return negated.Type == SqlType.Boolean
                    ? SqlValue.Of(!negated.IsTrue)
                    : SqlValue.Undefined;
            case Parameter parameter:
                return parameters.TryGetValue(parameter.Name, out var value)
                    ? value
                    : throw GatewayException.BadRequest(
                        $"The query has no value for {parameter.Name}.");
            case Call call:
                return OfCall(call);
            case In list:
                return OfIn(list);
            case Between between:
                return OfBetween(between);
            case ElementOf element:
                return OfElement(Of(element.Of), Of(element.Index));
            case Negative negative:
                var number = Of(negative.Of);
                return number.Type == SqlType.Number
                    ? SqlValue.Of(-number.Number)
                    : SqlValue.Undefined;
            case Arithmetic arithmetic:
                return Compute(
                    arithmetic.Operator, Of(arithmetic.Left), Of(arithmetic.Right));
            case Coalesce coalesce:
                var left = Of(coalesce.Left);
                return left.Type == SqlType.Undefined ? Of(coalesce.Right) : left;
            case Aggregate aggregate:
                return _aggregates[aggregate.Position];
            case ArrayOf array:
                return SqlValue.OfArray(All(array.Elements));
            case ObjectOf made:
                return OfObject(made);
            default:
                throw GatewayException.NotSpoken(expression.GetType().Name);
        }
    }

    private SqlValue OfAnd(And and)
    {
        var left = Of(and.Left);
        if (left.IsFalse)
        {
            return left;
        }

        var right = Of(and.Right);
        return right.IsFalse ? right
            : left.IsTrue && right.IsTrue ? right
            : SqlValue.Undefined;
    }

    private SqlValue OfOr(Or or)
    {
        var left = Of(or.Left);
        if (left.IsTrue)
        {
            return left;
        }

        var right = Of(or.Right);
        return right.IsTrue ? right
            : left.IsFalse && right.IsFalse ? right
            : SqlValue.Undefined;
    }

    private SqlValue OfCall(Call call)
    {
        return Functions.Apply(call.Name, All(call.Arguments));
    }

    private SqlValue OfIn(In list)
    {
        var of = Of(list.Of);
        if (of.Type == SqlType.Undefined)
        {
            return SqlValue.Undefined;
        }

        foreach (var value in list.Values)
        {
            if (SqlValue.AreEqual(of, Of(value)))
            {
                return SqlValue.Of(true);
            }
        }

        return SqlValue.Of(false);
    }

    private SqlValue OfBetween(Between between)
    {
        var of = Of(between.Of);
        var (low, high) = (
            Compare(">=", of, Of(between.Low)), Compare("<=", of, Of(between.High)));
        return low.Type == SqlType.Boolean && high.Type == SqlType.Boolean
            ? SqlValue.Of(low.IsTrue && high.IsTrue)
            : SqlValue.Undefined;
    }

    private SqlValue OfObject(ObjectOf made)
    {
        var properties = new KeyValuePair<string, SqlValue>[made.Properties.Count];
        for (var i = 0; i < properties.Length; i++)
        {
            properties[i] = new(made.Properties[i].Key, Of(made.Properties[i].Value));
        }

        return SqlValue.OfObject(properties);
    }

    private SqlValue[] All(IReadOnlyList<Expression> expressions)
    {
        var values = new SqlValue[expressions.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Of(expressions[i]);
        }

        return values;
    }

    private static SqlValue OfElement(SqlValue of, SqlValue index) => index.Type switch
    {
        SqlType.Number => of.Element(index.Number),
        SqlType.String => of.Property(index.Text),
        _ => SqlValue.Undefined,
    };

    private static SqlValue Compare(string symbol, SqlValue left, SqlValue right)
    {
        if (left.Type == SqlType.Undefined || left.Type != right.Type)
        {
            return SqlValue.Undefined;
        }

        if (symbol is "=" or "!=")
        {
            return SqlValue.Of(SqlValue.AreEqual(left, right) == (symbol == "="));
        }

        if (left.Type is SqlType.Array or SqlType.Object)
        {
            return SqlValue.Undefined;
        }

        var order = SqlValue.Compare(left, right);
        return SqlValue.Of(symbol switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }

    private static SqlValue Compute(string symbol, SqlValue left, SqlValue right)
    {
        if (symbol == "||" && left.Type == SqlType.String && right.Type == SqlType.String)
        {
            return SqlValue.Of(left.Text + right.Text);
        }

        if (left.Type != SqlType.Number || right.Type != SqlType.Number)
        {
            return SqlValue.Undefined;
        }

        var result = symbol switch
        {
            "+" => left.Number + right.Number,
            "-" => left.Number - right.Number,
            "*" => left.Number * right.Number,
            "/" => left.Number / right.Number,
            "%" => left.Number % right.Number,
            _ => double.NaN,
        };
        return double.IsFinite(result) ? SqlValue.Of(result) : SqlValue.Undefined;
    }
}
