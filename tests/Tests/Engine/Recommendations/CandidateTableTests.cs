using FsCheck.Xunit;
using StreamCommerce.Engine.Recommendations;
using StreamCommerce.Engine.Recommendations.Candidates;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations;

public sealed class CandidateTableTests
{
    [Property(MaxTest = 50)]
    public void Used_again_and_again_it_adds_up_as_a_dictionary_does(int seed)
    {
        var random = new Random(seed);
        var table = new CandidateTable();
        for (var round = 0; round < 3; round++)
        {
            table.Clear();
            var sums = new Dictionary<int, float>();
            var largest = new Dictionary<int, (float Part, int Because)>();
            for (var i = random.Next(3_000); i > 0; i--)
            {
                var (item, part, because) = (random.Next(2_000), random.Next(100), random.Next(50));
                table.Add(item, part, because, RecommendationSource.Sessions);
                sums[item] = sums.GetValueOrDefault(item) + part;
                if (!largest.TryGetValue(item, out var before) || part > before.Part)
                    largest[item] = (part, because);
            }

            var top = new ScoredItem[random.Next(1, 40)];
            var count = table.Top(top);

            var expected = sums.OrderByDescending(sum => sum.Value).ThenBy(sum => sum.Key)
                .Take(top.Length).Select(sum => (sum.Key, sum.Value, largest[sum.Key].Because));
            Assert.Equal(sums.Count, table.Count);
            Assert.Equal(expected, top[..count].Select(scored =>
                (scored.Item, scored.Score, scored.Because)));
        }
    }

    [Property(MaxTest = 50)]
    public void A_set_that_is_used_again_holds_what_was_added_since(int seed)
    {
        var random = new Random(seed);
        var set = new ItemSet();
        for (var round = 0; round < 3; round++)
        {
            set.Clear();
            var expected = new HashSet<int>();
            for (var i = random.Next(1_000); i > 0; i--)
            {
                var item = random.Next(1_500);
                Assert.Equal(expected.Add(item), set.Add(item));
            }
            Assert.Equal(expected.Count, set.Count);
            Assert.All(Enumerable.Range(0, 1_500),
                item => Assert.Equal(expected.Contains(item), set.Contains(item)));
        }
    }
}
