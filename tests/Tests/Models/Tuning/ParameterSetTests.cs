using StreamCommerce.Models.Tuning;
using Xunit;

namespace StreamCommerce.Tests.Models.Tuning;

public sealed class ParameterSetTests
{
    private static readonly ParameterRange[] Ranges =
        [new("size", 3, [1, 3, 9]), new("isOn", 0, [0, 1]), new("decay", 0.5, [0.25, 0.5])];

    [Fact]
    public void What_is_not_chosen_has_its_default()
    {
        var parameters = new ParameterSet(Ranges, new Dictionary<string, double> { ["size"] = 9 });

        Assert.Equal(9, parameters.GetInt32("size"));
        Assert.Equal(0.5, parameters["decay"]);
        Assert.False(parameters.GetBoolean("isOn"));
    }

    [Fact]
    public void Another_value_makes_another_set()
    {
        var first = new ParameterSet(Ranges);
        var second = first.With("isOn", 1);

        Assert.False(first.GetBoolean("isOn"));
        Assert.True(second.GetBoolean("isOn"));
    }

    [Fact]
    public void An_unknown_parameter_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ParameterSet(Ranges).With("colour", 1));
        Assert.Throws<ArgumentException>(() =>
            new ParameterSet(Ranges, new Dictionary<string, double> { ["colour"] = 1 }));
    }

    [Fact]
    public void It_is_written_in_the_order_of_the_names() =>
        Assert.Equal("decay=0.5, isOn=0, size=3", new ParameterSet(Ranges).ToString());
}
