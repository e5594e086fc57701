namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>
/// Sums up what COUNT, SUM, MIN and MAX see. Undefined values count for nothing; a sum with a value
/// that is no number is undefined; the least and the greatest go by the order of types.
/// </summary>
internal sealed class Aggregates
{
    private readonly Aggregate[] _all;
    private readonly SqlValue[] _results;

    public Aggregates(QueryText text)
    {
        var found = new List<Aggregate>();
        Collect(text.Value!.Expression, found);
        _all = [.. found.OrderBy(aggregate => aggregate.Position)];
        _results = [.. _all.Select(aggregate =>
            aggregate.Kind is "COUNT" or "SUM" ? SqlValue.Of(0d) : SqlValue.Undefined)];
    }

    public void Add(SqlValue item, IReadOnlyDictionary<string, SqlValue> parameters)
    {
        for (var i = 0; i < _all.Length; i++)
        {
            var value = new Evaluation(item, parameters).Of(_all[i].Of);
            if (value.Type != SqlType.Undefined)
            {
                _results[i] = Next(_all[i].Kind, _results[i], value);
            }
        }
    }

    public SqlValue[] Results() => _results;

    private static SqlValue Next(string kind, SqlValue soFar, SqlValue value) => kind switch
    {
        "COUNT" => SqlValue.Of(soFar.Number + 1),
        "SUM" => soFar.Type == SqlType.Number && value.Type == SqlType.Number
            ? SqlValue.Of(soFar.Number + value.Number)
            : SqlValue.Undefined,
        _ when soFar.Type == SqlType.Undefined => value,
        "MIN" => SqlValue.Compare(value, soFar) < 0 ? value : soFar,
        _ => SqlValue.Compare(value, soFar) > 0 ? value : soFar,
    };

    private static void Collect(Expression expression, List<Aggregate> found)
    {
        switch (expression)
        {
            case Aggregate aggregate:
                found.Add(aggregate);
                break;
            case ArrayOf array:
                foreach (var element in array.Elements)
                {
                    Collect(element, found);
                }

                break;
            case ObjectOf made:
                foreach (var (_, value) in made.Properties)
                {
                    Collect(value, found);
                }

                break;
        }
    }
}
