using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

/// <summary>
/// Reads expressions by recursive descent, one method a level of precedence: coalescing binds
/// least, then or, and, not, comparisons, sums, products, signs, and paths.
/// </summary>
internal sealed class ExpressionParser(string query, List<Token> tokens)
{
    private const int DepthLimit = 128;

    private static readonly string[] Comparisons = ["=", "!=", "<>", "<", "<=", ">", ">="];

    private int _at;
    private int _depth;

    /// <summary>The name by which expressions mean the item; known before any is
    /// read.</summary>
    public string Alias { get; set; } = "";

    /// <summary>How many aggregates were met.</summary>
    public int Aggregates { get; private set; }

    public Token Current => tokens[_at];

    public Token Peek => tokens[Math.Min(_at + 1, tokens.Count - 1)];

    /// <summary>Where the last token that was taken ends.</summary>
    public int LastEnd => _at == 0 ? 0 : tokens[_at - 1].End;

    public Token Take() => tokens[_at++];

    public bool TryTakeWord(string keyword)
    {
        if (!Current.IsWord(keyword))
        {
            return false;
        }

        _at++;
        return true;
    }

    public void TakeWord(string keyword)
    {
        if (!TryTakeWord(keyword))
        {
            throw Error($"{keyword} is missing");
        }
    }

    public bool TryTake(string symbol)
    {
        if (!Current.Is(symbol))
        {
            return false;
        }

        _at++;
        return true;
    }

    public void TakeSymbol(string symbol)
    {
        if (!TryTake(symbol))
        {
            throw Error($"'{symbol}' is missing");
        }
    }

    public GatewayException Error(string what) => Lexer.Error(query, Current.Start, what);

    /// <summary>Goes on reading elsewhere.</summary>
    public int Position
    {
        get => _at;
        set => _at = value;
    }

    public Expression Read()
    {
        if (++_depth > DepthLimit)
        {
            throw Error("too deep");
        }

        var left = ReadOr();
        while (TryTake("??"))
        {
            left = new Coalesce(left, ReadOr());
        }

        _depth--;
        return left;
    }

    /// <summary>Of TOP, OFFSET or LIMIT: a number or a parameter.</summary>
    public Expression ReadCount() => Current.Kind is TokenKind.Number or TokenKind.Parameter
        ? ReadPrimary()
        : throw Error("a number is missing");

    private Expression ReadOr()
    {
        var left = ReadAnd();
        while (TryTakeWord("OR"))
        {
            left = new Or(left, ReadAnd());
        }

        return left;
    }

    private Expression ReadAnd()
    {
        var left = ReadNot();
        while (TryTakeWord("AND"))
        {
            left = new And(left, ReadNot());
        }

        return left;
    }

    private Expression ReadNot() => TryTakeWord("NOT") ? new Not(ReadNot()) : ReadComparison();

    private Expression ReadComparison()
    {
        var left = ReadSum();
        while (true)
        {
            if (Current.Kind == TokenKind.Symbol && Comparisons.Contains(Current.Text))
            {
                var symbol = Take().Text;
                left = new Comparison(symbol == "<>" ? "!=" : symbol, left, ReadSum());
                continue;
            }

            var isNot = Current.IsWord("NOT") && (Peek.IsWord("IN") || Peek.IsWord("BETWEEN"));
            if (isNot)
            {
                Take();
            }

            Expression? found = null;
            if (TryTakeWord("IN"))
            {
                TakeSymbol("(");
                found = new In(left, ReadList(")"));
            }
            else if (TryTakeWord("BETWEEN"))
            {
                var low = ReadSum();
                TakeWord("AND");
                found = new Between(left, low, ReadSum());
            }

            if (found is null)
            {
                return left;
            }

            left = isNot ? new Not(found) : found;
        }
    }

    private Expression ReadSum()
    {
        var left = ReadProduct();
        while (Current is { Kind: TokenKind.Symbol, Text: "+" or "-" or "||" })
        {
            left = new Arithmetic(Take().Text, left, ReadProduct());
        }

        return left;
    }

    private Expression ReadProduct()
    {
        var left = ReadSigned();
        while (Current is { Kind: TokenKind.Symbol, Text: "*" or "/" or "%" })
        {
            left = new Arithmetic(Take().Text, left, ReadSigned());
        }

        return left;
    }

    private Expression ReadSigned()
    {
        if (TryTake("-"))
        {
            return new Negative(ReadSigned());
        }

        return TryTake("+") ? ReadSigned() : ReadPath();
    }

    private Expression ReadPath()
    {
        var of = ReadPrimary();
        while (true)
        {
            if (TryTake("."))
            {
                of = Current.Kind == TokenKind.Word
                    ? new PropertyOf(of, Take().Text)
                    : throw Error("a property's name is missing");
            }
            else if (TryTake("["))
            {
                of = Current.Kind == TokenKind.Text && Peek.Is("]")
                    ? new PropertyOf(of, Take().Text)
                    : new ElementOf(of, Read());
                TakeSymbol("]");
            }
            else
            {
                return of;
            }
        }
    }

    private Expression ReadPrimary()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new Literal(SqlValue.Of(token.Number));
            case TokenKind.Text:
                return new Literal(SqlValue.Of(token.Text));
            case TokenKind.Parameter:
                return new Parameter(token.Text);
            case TokenKind.Word:
                return ReadWord(token);
        }

        if (token.Is("("))
        {
            if (Current.IsWord("SELECT"))
            {
                throw GatewayException.NotSpoken("subqueries");
            }

            var inner = Read();
            TakeSymbol(")");
            return inner;
        }

        if (token.Is("["))
        {
            return new ArrayOf(ReadList("]"));
        }

        _at--;
        return token.Is("{") ? ReadObject() : throw Error("an expression is missing");
    }

    private Expression ReadWord(Token token)
    {
        if (Current.Is("("))
        {
            return ReadCall(token.Text.ToUpperInvariant());
        }

        if (token.Text == Alias)
        {
            return new Item();
        }

        return token.Text.ToUpperInvariant() switch
        {
            "TRUE" => new Literal(SqlValue.Of(true)),
            "FALSE" => new Literal(SqlValue.Of(false)),
            "NULL" => new Literal(SqlValue.Null),
            "UNDEFINED" => new Literal(SqlValue.Undefined),
            _ => throw GatewayException.BadRequest(
                $"Identifier '{token.Text}' could not be resolved. Query: {query}"),
        };
    }

    private Expression ReadCall(string name)
    {
        TakeSymbol("(");
        var arguments = ReadList(")");
        if (name is "COUNT" or "SUM" or "MIN" or "MAX")
        {
            return arguments.Count == 1
                ? new Aggregate(name, arguments[0], Aggregates++)
                : throw Error($"{name} takes one argument");
        }

        Functions.Check(name, arguments.Count);
        return new Call(name, arguments);
    }

    private List<Expression> ReadList(string end)
    {
        var list = new List<Expression>();
        if (TryTake(end))
        {
            return list;
        }

        do
        {
            list.Add(Read());
        }
        while (TryTake(","));

        TakeSymbol(end);
        return list;
    }

    private ObjectOf ReadObject()
    {
        TakeSymbol("{");
        var properties = new List<KeyValuePair<string, Expression>>();
        while (!TryTake("}"))
        {
            if (properties.Count > 0)
            {
                TakeSymbol(",");
            }

            var name = Take();
            if (name.Kind is not (TokenKind.Text or TokenKind.Word))
            {
                throw Error("a property's name is missing");
            }

            TakeSymbol(":");
            properties.Add(new(name.Text, Read()));
        }

        return new ObjectOf(properties);
    }
}
