using System.Globalization;
using System.Text;
using StreamCommerce.Tests.Cosmos.Gateway.Protocol;

namespace StreamCommerce.Tests.Cosmos.Gateway.Query;

internal enum TokenKind : byte
{
    End,

    /// <summary>A name or a keyword.</summary>
    Word,
    Parameter,
    Text,
    Number,
    Symbol,
}

/// <summary>A token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A word or a symbol as written, a parameter with its @, a string's
/// value.</param>
/// <param name="Number">A number's value.</param>
/// <param name="Start">Where it begins in the query.</param>
/// <param name="End">One past its last character.</param>
internal readonly record struct Token(
    TokenKind Kind, string Text, double Number, int Start, int End)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public bool IsWord(string keyword) =>
        Kind == TokenKind.Word && Text.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Cuts a query into tokens.</summary>
internal static class Lexer
{
    private const int LengthLimit = 256 * 1024;

    private static readonly string[] LongSymbols = ["<=", ">=", "!=", "<>", "||", "??"];

    private const string ShortSymbols = "=<>+-*/%()[]{},.:";

    /// <exception cref="GatewayException">A character that begins nothing, or a string that
    /// does not end.</exception>
    public static List<Token> Read(string query)
    {
        if (query.Length > LengthLimit)
        {
            throw GatewayException.BadRequest(
                $"A query has at most {LengthLimit} characters, and not {query.Length}.");
        }

        var tokens = new List<Token>();
        var at = 0;
        while (true)
        {
            while (at < query.Length && char.IsWhiteSpace(query[at]))
            {
                at++;
            }

            if (at == query.Length)
            {
                tokens.Add(new Token(TokenKind.End, "", 0, at, at));
                return tokens;
            }

            var token = Next(query, at);
            tokens.Add(token);
            at = token.End;
        }
    }

    private static Token Next(string query, int at)
    {
        var first = query[at];
        if (char.IsLetter(first) || first is '_' or '@' or '$')
        {
            var end = at + 1;
            while (end < query.Length && (char.IsLetterOrDigit(query[end]) || query[end] is '_'))
            {
                end++;
            }

            return new Token(
                first == '@' ? TokenKind.Parameter : TokenKind.Word, query[at..end], 0, at, end);
        }

        if (char.IsAsciiDigit(first))
        {
            return Number(query, at);
        }

        if (first is '\'' or '"')
        {
            return String(query, at);
        }

        var symbol = LongSymbols.FirstOrDefault(long2 =>
            string.CompareOrdinal(query, at, long2, 0, long2.Length) == 0);
        if (symbol is null && ShortSymbols.Contains(first, StringComparison.Ordinal))
        {
            symbol = first.ToString();
        }

        return symbol is null
            ? throw Error(query, at, $"'{first}' begins nothing")
            : new Token(TokenKind.Symbol, symbol, 0, at, at + symbol.Length);
    }

    private static Token Number(string query, int at)
    {
        var end = at;
        while (end < query.Length
            && (char.IsAsciiDigit(query[end]) || query[end] is '.' or 'e' or 'E'
                || (query[end] is '+' or '-' && query[end - 1] is 'e' or 'E')))
        {
            end++;
        }

        return double.TryParse(
            query.AsSpan(at, end - at), NumberStyles.Float, CultureInfo.InvariantCulture,
            out var value)
            ? new Token(TokenKind.Number, query[at..end], value, at, end)
            : throw Error(query, at, $"'{query[at..end]}' is no number");
    }

    private static Token String(string query, int start)
    {
        var quote = query[start];
        var text = new StringBuilder();
        for (var at = start + 1; at < query.Length; at++)
        {
            var next = query[at];
            if (next == quote)
            {
                return new Token(TokenKind.Text, text.ToString(), 0, start, at + 1);
            }

            if (next != '\\')
            {
                text.Append(next);
                continue;
            }

            if (++at == query.Length)
            {
                break;
            }

            if (query[at] == 'u' && at + 4 < query.Length
                && ushort.TryParse(
                    query.AsSpan(at + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture,
                    out var code))
            {
                text.Append((char)code);
                at += 4;
                continue;
            }

            text.Append(query[at] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                '\\' or '/' or '\'' or '"' => query[at],
                var other => throw Error(query, at, $"'\\{other}' is no escape"),
            });
        }

        throw Error(query, start, "a string does not end");
    }

    public static GatewayException Error(string query, int at, string what) =>
        GatewayException.BadRequest($"Syntax error at {at}: {what}. Query: {query}");
}
