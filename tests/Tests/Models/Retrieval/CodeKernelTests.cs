using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using FsCheck.Xunit;
using StreamCommerce.Models.Retrieval;
using Xunit;

namespace StreamCommerce.Tests.Models.Retrieval;

public sealed class CodeKernelTests
{
    [Property]
    public void Vectors_find_what_plain_code_finds(int seed)
    {
        Assert.SkipUnless(Avx2.IsSupported, "This machine has no AVX2.");
        var random = new Random(seed);
        var groups = random.Next(1, 40);
        var codes = new byte[groups * CodeKernel.GroupBytes];
        random.NextBytes(codes);
        var query = QueryOf(groups, () => random.Next(-63, 64));
        var threshold = random.Next(-100_000, 100_000);

        Assert.Equal(
            CodeKernel.AboveScalar(codes, query, threshold),
            CodeKernel.AboveAvx2(codes, query, threshold));
    }

    [Theory]
    [InlineData(63)]
    [InlineData(-63)]
    public void The_largest_codes_do_not_overflow(int code)
    {
        const int Groups = ItemFactors.DimensionLimit / CodeKernel.GroupDimensions;
        var codes = new byte[Groups * CodeKernel.GroupBytes];
        codes.AsSpan().Fill(255);
        var query = QueryOf(Groups, () => code);
        var sum = ItemFactors.DimensionLimit * 255 * code;

        Assert.Equal(0u, CodeKernel.Above(codes, query, sum));
        Assert.Equal(uint.MaxValue, CodeKernel.Above(codes, query, sum - 1));
    }

    [Property]
    public void Directions_are_compared_as_one_by_one(int seed)
    {
        var random = new Random(seed);
        var (count, dimensions) = (random.Next(1, 100), random.Next(1, 70));
        var directions = RandomFactors.Clustered(random, count, dimensions, clusters: 3);
        var query = RandomFactors.Clustered(random, 1, dimensions, clusters: 1);
        var table = new DirectionTable(directions, dimensions);
        var along = new float[table.PaddedCount];

        table.Compare(query, along);

        for (var i = 0; i < count; i++)
        {
            var direction = directions.AsSpan(i * dimensions, dimensions);
            var size = TensorPrimitives.Norm(direction) * TensorPrimitives.Norm<float>(query);
            Assert.Equal(TensorPrimitives.Dot(direction, query), along[i], 1e-5f * (1 + size));
        }
    }

    private static int[] QueryOf(int groups, Func<int> code)
    {
        var query = new int[groups];
        foreach (ref var one in MemoryMarshal.Cast<int, sbyte>(query.AsSpan()))
            one = (sbyte)code();
        return query;
    }
}
