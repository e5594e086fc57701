using System.Globalization;
using StreamCommerce.Ingest.Events;

namespace StreamCommerce.Ingest.Simulation;

/// <summary>
/// Everyone who may ever visit. A visitor's traits are a pure function of the seed and his
/// number, so that a returning visitor is the same without anything being kept of him: millions
/// of visitors take no memory. One thread at a time.
/// </summary>
internal sealed class ShopperPopulation
{
    // How strongly taste tilts popularity: a loved category draws about 12 times an average one.
    private const double TasteStrength = 3;

    /// <summary>Share of odd-numbered visitors who are a second device of the one before.</summary>
    private const double SecondDeviceShare = 0.15;

    private static readonly string[] Regions = ["DE", "FR", "NL", "IT", "ES", "AT"];
    private static readonly AliasTable RegionShares = new([40, 20, 14, 11, 9, 6]);
    private static readonly string[] Channels = ["web", "app", "store"];
    private static readonly AliasTable ChannelShares = new([55, 40, 5]);

    private readonly SimulatedCatalogue _catalogue;
    private readonly SimulatorOptions _options;
    private readonly AliasTable _categories;

    public ShopperPopulation(SimulatedCatalogue catalogue, SimulatorOptions options)
    {
        _catalogue = catalogue;
        _options = options;
        _categories = new AliasTable(catalogue.CategoryWeights);
    }

    /// <summary>The visitor of a number.</summary>
    public Shopper Get(long number)
    {
        var device = new SeededRandom(_options.Seed, StreamPurpose.Visitor, number);
        var person = number % 2 == 1 && device.Chance(SecondDeviceShare) ? number - 1 : number;
        var channel = Channels[ChannelShares.Draw(device)];

        var random = new SeededRandom(_options.Seed, StreamPurpose.Person, person);
        CustomerId? account = random.Chance(_options.CustomerShare)
            ? new CustomerId(Id("sim-customer-", person)) : null;
        var region = Regions[RegionShares.Draw(random)];
        var favourite = _categories.Draw(random);
        var second = _catalogue.CategoryTaste(_categories.Draw(random));
        var taste = Tastes.Near(_catalogue.CategoryTaste(favourite), 0.25f, random);
        for (var i = 0; i < taste.Length; i++) taste[i] += 0.4f * second[i];
        Tastes.Scaled(taste);

        return new Shopper(
            number, new VisitorId(Id(ShopperSimulator.VisitorPrefix, number)), account, region,
            channel, favourite, taste)
        {
            CategorySums = SumsFor(taste),
        };
    }

    private double[] SumsFor(float[] taste)
    {
        var sums = new double[_catalogue.CategoryWeights.Length];
        var sum = 0.0;
        for (var c = 0; c < sums.Length; c++)
        {
            var match = Tastes.Match(taste, _catalogue.CategoryTaste(c));
            sums[c] = sum += _catalogue.CategoryWeights[c] * Math.Exp(TasteStrength * match);
        }
        return sums;
    }

    private string Id(string prefix, long number) => string.Create(
        CultureInfo.InvariantCulture, $"{prefix}{_options.Seed}-{number}");
}
