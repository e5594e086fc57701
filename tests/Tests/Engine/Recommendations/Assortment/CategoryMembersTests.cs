using FsCheck.Xunit;
using StreamCommerce.Engine.Recommendations.Assortment;
using Xunit;

namespace StreamCommerce.Tests.Engine.Recommendations.Assortment;

public sealed class CategoryMembersTests
{
    [Property(MaxTest = 100)]
    public void However_items_move_each_is_found_in_its_categories(int seed)
    {
        var random = new Random(seed);
        var members = new CategoryMembers();
        var categories = new int[20][];
        Array.Fill(categories, []);
        for (var step = 0; step < 300; step++)
        {
            var item = random.Next(categories.Length);
            var before = categories[item];
            categories[item] = [.. Enumerable.Range(0, 4).Where(_ => random.Next(2) == 0)];
            members.Move(item, before, categories[item], IsIn);
        }

        for (var category = 0; category < 4; category++)
        {
            var expected = Enumerable.Range(0, categories.Length)
                .Where(item => IsIn(item, category)).ToArray();
            var found = members.Of(category).ToArray();
            Assert.Equal(expected, found.Distinct().Where(item => IsIn(item, category)).Order());
            // Those that left, and those that came back, are at most as many again.
            Assert.InRange(found.Length, 0, (4 * expected.Length) + 4);
        }

        bool IsIn(int item, int category) => categories[item].Contains(category);
    }

    [Fact]
    public void A_category_that_there_is_not_is_empty() =>
        Assert.Equal(0, new CategoryMembers().Of(7).Length);
}
