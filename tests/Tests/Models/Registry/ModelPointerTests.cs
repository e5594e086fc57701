using FsCheck.Xunit;
using StreamCommerce.Models.Registry;
using Xunit;

namespace StreamCommerce.Tests.Models.Registry;

public sealed class ModelPointerTests
{
    [Fact]
    public void There_is_nothing_to_go_back_to_before_the_second_promotion()
    {
        Assert.Null(ModelPointer.None.RollBack(default, ""));
        Assert.Null(Promoted("a").RollBack(default, ""));
    }

    [Property(MaxTest = 200)]
    public void Going_back_is_the_way_that_one_came(int seed)
    {
        var random = new Random(seed);
        var pointer = ModelPointer.None;
        var stack = new Stack<string>();
        for (var i = 0; i < 60; i++)
        {
            if (random.Next(3) > 0)
            {
                stack.Push($"m{i}");
                pointer = pointer.Promote(stack.Peek(), default, "");
            }
            else if (pointer.RollBack(default, "") is { } back)
            {
                stack.Pop();
                pointer = back;
            }
            else
            {
                Assert.True(stack.Count < 2);
            }
            Assert.Equal(stack.TryPeek(out var current) ? current : null, pointer.ModelId);
        }
    }

    [Fact]
    public void The_history_is_bounded_and_the_revision_goes_on()
    {
        var pointer = Promoted([.. Enumerable.Range(0, 700).Select(i => $"m{i}")]);

        Assert.Equal(700, pointer.Revision);
        Assert.Equal(ModelPointer.HistoryLimit, pointer.History.Count);
        Assert.Equal("m699", pointer.ModelId);
        Assert.Equal("m698", pointer.RollBack(default, "")!.ModelId);
    }

    private static ModelPointer Promoted(params string[] ids) => ids.Aggregate(
        ModelPointer.None, (pointer, id) => pointer.Promote(id, default, ""));
}
