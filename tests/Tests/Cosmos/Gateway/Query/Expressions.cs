namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>An expression of a query: one of the records below, and nothing else.</summary>
internal abstract record Expression;

internal sealed record Literal(SqlValue Value) : Expression;

/// <summary>A value that comes with the request.</summary>
internal sealed record Parameter(string Name) : Expression;

/// <summary>The item.</summary>
internal sealed record Item : Expression;

internal sealed record PropertyOf(Expression Of, string Name) : Expression;

internal sealed record ElementOf(Expression Of, Expression Index) : Expression;

internal sealed record Not(Expression Of) : Expression;

internal sealed record Negative(Expression Of) : Expression;

internal sealed record And(Expression Left, Expression Right) : Expression;

internal sealed record Or(Expression Left, Expression Right) : Expression;

/// <summary>The right one where the left one is undefined.</summary>
internal sealed record Coalesce(Expression Left, Expression Right) : Expression;

/// <summary>One of = != &lt; &lt;= &gt; &gt;=.</summary>
internal sealed record Comparison(string Operator, Expression Left, Expression Right) : Expression;

/// <summary>One of + - * / %, or || of two strings.</summary>
internal sealed record Arithmetic(string Operator, Expression Left, Expression Right) : Expression;

internal sealed record In(Expression Of, IReadOnlyList<Expression> Values) : Expression;

internal sealed record Between(Expression Of, Expression Low, Expression High) : Expression;

/// <summary>A function, its name in capitals.</summary>
internal sealed record Call(string Name, IReadOnlyList<Expression> Arguments) : Expression;

/// <summary>COUNT, SUM, MIN or MAX, at a position among all aggregates of the query.</summary>
internal sealed record Aggregate(string Kind, Expression Of, int Position) : Expression;

internal sealed record ArrayOf(IReadOnlyList<Expression> Elements) : Expression;

internal sealed record ObjectOf(IReadOnlyList<KeyValuePair<string, Expression>> Properties)
    : Expression;
