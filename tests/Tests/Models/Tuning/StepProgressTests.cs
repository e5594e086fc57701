using StreamCommerce.Models.Tuning;
using Xunit;

namespace StreamCommerce.Tests.Models.Tuning;

public sealed class StepProgressTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(100, 100)]
    [InlineData(25_000, 100)]
    public void Each_hundredth_is_told_once_and_the_end_in_any_case(int steps, int told)
    {
        var list = new List<double>();
        var progress = new StepProgress(new Into(list), steps);

        for (var i = 0; i < steps; i++) progress.Add();

        Assert.Equal(told, list.Count);
        Assert.Equal(1, list[^1]);
    }

    [Fact]
    public void A_parts_progress_is_a_part_of_the_wholes()
    {
        var list = new List<double>();

        new TrainingContext(Progress: new Into(list)).Part(0.2, 0.7).Progress!.Report(0.5);

        Assert.Equal(0.45, Assert.Single(list), 6);
    }

    [Fact]
    public void Where_nobody_listens_nothing_is_told() =>
        Assert.Null(new TrainingContext().Part(0.2, 0.7).Progress);

    private sealed class Into(List<double> list) : IProgress<double>
    {
        public void Report(double value) => list.Add(value);
    }
}
