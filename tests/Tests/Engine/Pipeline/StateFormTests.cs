using FsCheck.Xunit;
using StreamCommerce.Engine.Pipeline.State;
using StreamCommerce.Ingest.Events;
using Xunit;

namespace StreamCommerce.Tests.Engine.Pipeline;

public sealed class StateFormTests
{
    private readonly ProductIndex _products = new(100);
    private readonly VisitorIndex _visitors = new(100, _ => { });

    [Property]
    public void Every_field_comes_back_as_it_was_written(
        ulong number, long below, double real, decimal amount, string? text)
    {
        var writer = new StateWriter(_products, _visitors);
        writer.WriteNumber(number);
        writer.WriteSigned(below);
        writer.WriteDouble(real);
        writer.WriteDecimal(amount);
        writer.WriteText(ToUnicode(text));
        writer.WriteUInt64(number);

        var reader = new StateReader(writer.Written, _products, _visitors);
        Assert.Equal(number, reader.ReadNumber());
        Assert.Equal(below, reader.ReadSigned());
        Assert.Equal(real, reader.ReadDouble());
        Assert.Equal(amount, reader.ReadDecimal());
        Assert.Equal(ToUnicode(text), reader.ReadText());
        Assert.Equal(number, reader.ReadUInt64());
        Assert.Throws<FormatException>(() => reader.ReadCount());
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void The_ends_of_the_range_come_back_too(long below)
    {
        var writer = new StateWriter(_products, _visitors);
        writer.WriteSigned(below);
        writer.WriteNumber(ulong.MaxValue);
        writer.WriteDecimal(decimal.MinValue);

        var reader = new StateReader(writer.Written, _products, _visitors);
        Assert.Equal(below, reader.ReadSigned());
        Assert.Equal(ulong.MaxValue, reader.ReadNumber());
        Assert.Equal(decimal.MinValue, reader.ReadDecimal());
    }

    [Theory]
    [InlineData("é")]
    [InlineData("€")]
    [InlineData("a")]
    public void Texts_come_back_on_both_sides_of_a_length_of_one_byte(string letter)
    {
        var writer = new StateWriter(_products, _visitors);
        for (var length = 35; length < 140; length++)
            writer.WriteText(string.Concat(Enumerable.Repeat(letter, length)));

        var reader = new StateReader(writer.Written, _products, _visitors);
        for (var length = 35; length < 140; length++)
            Assert.Equal(string.Concat(Enumerable.Repeat(letter, length)), reader.ReadText());
    }

    [Property]
    public void Products_keep_their_names_in_a_process_that_numbers_them_otherwise(byte[] mentioned)
    {
        for (var i = 0; i < 16; i++) _products.Resolve(new Sku($"p{i}"));
        var writer = new StateWriter(_products, _visitors);
        for (var section = 0; section < 2; section++)
        {
            writer.Clear();
            foreach (var product in mentioned) writer.WriteProduct(product % 16);

            var others = new ProductIndex(100);
            for (var i = 15; i >= 0; i -= 2) others.Resolve(new Sku($"p{i}"));
            var reader = new StateReader(writer.Written, others, _visitors);
            foreach (var product in mentioned)
                Assert.Equal(new Sku($"p{product % 16}"), others[reader.ReadProduct()]);
        }
    }

    // Unpaired surrogates have no form in UTF-8 and do not come through the log either.
    private static string ToUnicode(string? text) =>
        System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? ""));
}
