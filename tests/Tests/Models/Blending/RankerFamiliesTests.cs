using StreamCommerce.Models.Blending;
using StreamCommerce.Models.Evaluation;
using Xunit;

namespace StreamCommerce.Tests.Models.Blending;

public sealed class RankerFamiliesTests
{
    [Fact]
    public void No_two_have_the_same_name() => Assert.Equal(RankerFamilies.All.Count,
        RankerFamilies.All.Select(family => family.Name).Distinct().Count());

    [Theory]
    [InlineData("top-n")]
    [InlineData("next-item")]
    [InlineData("leave-one-out")]
    public void Every_protocol_has_some_of_them_to_choose_from(string protocol)
    {
        var families = RankerFamilies.For(EvaluationProtocol.Named(protocol)!);

        Assert.NotEmpty(families);
        Assert.All(families, family => Assert.Contains(family, RankerFamilies.All));
    }
}
