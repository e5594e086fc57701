using StreamCommerce.Models.Evaluation;
using StreamCommerce.Models.Trainer;
using StreamCommerce.Models.Tuning;
using Xunit;

namespace StreamCommerce.Tests.Models.Trainer;

public sealed class TrainerFamiliesTests
{
    private static readonly TrainerFamilies Families = new([]);

    public static TheoryData<string> Names => [.. Families.All.Select(family => family.Name)];

    [Theory]
    [InlineData(NextItemProtocol.ProtocolName, "vstan")]
    [InlineData(NextItemProtocol.ProtocolName, "session-blend", "transitions")]
    [InlineData(TopNProtocol.ProtocolName, "vstan", "ials")]
    [InlineData(TopNProtocol.ProtocolName, "ials")]
    [InlineData(TopNProtocol.ProtocolName)]
    public void Events_ask_what_suits_all_trainers(string protocol, params string[] names) =>
        Assert.Equal(protocol, TrainerFamilies.UsualProtocol(
            [.. names.Select(name => Families.Find(name)!)]).Name);

    [Theory]
    [InlineData("vmis-knn", true)]
    [InlineData("vstan", true)]
    [InlineData("sequential-rules", true)]
    [InlineData("session-blend", true)]
    [InlineData("transitions", false)]
    [InlineData("ials", false)]
    public void Who_learns_from_sessions_is_not_asked_without_an_order(string name, bool isRefused)
    {
        var family = Families.Find(name)!;

        Assert.Equal(isRefused,
            TrainerFamilies.Refusal(family, new TopNProtocol()) is not null);
        Assert.Null(TrainerFamilies.Refusal(family, new NextItemProtocol()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_trainer_but_one_that_only_counts_tells_how_far_it_is(string name)
    {
        var told = new Told();
        var family = Families.Find(name)!;
        var parameters = new ParameterSet(family.Parameters);
        if (name == "ials") parameters = parameters.With("dimensions", 8);

        family.Train(
            TrainingSamples.Data(TrainingSamples.TwoTastes(1)).Weigh(TrainingPlan.UsualWeights, 0),
            parameters, new(Progress: told), TestContext.Current.CancellationToken);

        if (name == "popularity") return;
        Assert.True(told.Shares.Count > 5, $"{told.Shares.Count}");
        Assert.Equal(told.Shares.Order(), told.Shares);
        Assert.Equal(1, told.Shares[^1], 6);
    }

    [Theory]
    [InlineData("co-occurrence", "neighbours", 0, "neighbours")]
    [InlineData("co-occurrence", "neighbours", double.PositiveInfinity, "neighbours")]
    [InlineData("co-occurrence", "historyDecay", 2, "historyDecay")]
    [InlineData("transitions", "neighbours", 0, "neighbours")]
    [InlineData("transitions", "historyDecay", -1, "historyDecay")]
    [InlineData("neighbourhood-ridge", "neighbours", 1_001, "neighbours")]
    [InlineData("user-neighbours", "neighbours", 5_001, "neighbours")]
    [InlineData("ials", "dimensions", 1_500, "1 to 1024")]
    public void A_parameter_outside_its_limits_is_told_by_name(
        string name, string parameter, double value, string told)
    {
        var family = Families.Find(name)!;

        var fault = Assert.ThrowsAny<ArgumentException>(() => family.Train(
            TrainingSamples.Data(TrainingSamples.TwoTastes(1)).Weigh(TrainingPlan.UsualWeights, 0),
            new ParameterSet(family.Parameters).With(parameter, value), new(),
            TestContext.Current.CancellationToken));

        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
    }

    /// <summary>On one thread, as the training is.</summary>
    private sealed class Told : IProgress<double>
    {
        public List<double> Shares { get; } = [];

        public void Report(double value) => Shares.Add(value);
    }
}
