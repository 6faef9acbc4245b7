using Sarsen.Nn.Layers;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Optimizers;

public class GradientTreeTests
{
    private const int Size = 33;

    /// <summary>Numbers of very different sizes, so that another order of sums has other bits.</summary>
    private static float[] Gradient(int grain) =>
        [.. Enumerable.Range(0, Size).Select(i => (float)(Math.Sin(grain * 7 + i) * Math.Pow(10, (grain * 5 + i) % 7 - 3)))];

    private static void Hold(Tensor value, int grain) => Gradient(grain).CopyTo(value.TakeGrad().AsSpan<float>());

    /// <summary>The sum of grains first … first + count - 1: the largest power of two on the left.</summary>
    private static float[] Tree(int first, int count)
    {
        if (count == 1)
            return Gradient(first);
        int left = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count) / 2;
        return [.. Tree(first, left).Zip(Tree(first + left, count - left), (a, b) => a + b)];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(13)]
    public void Grains_are_summed_by_the_fixed_tree(int grains)
    {
        var layer = new Linear(Size, 1, bias: false);
        var tree = new GradientTree(layer);
        // Twice: the second batch begins anew.
        for (int batch = 0; batch < 2; batch++)
        {
            layer.ZeroGrad();
            for (int grain = 0; grain < grains; grain++)
            {
                Hold(layer.Weight, grain);
                tree.Add(Workers.Serial);
                layer.Weight.Grad.IsNone.ShouldBeTrue();
            }
            tree.Finish(Workers.Serial);
            layer.Weight.Grad.ToArray<float>().ShouldBe(Tree(0, grains));
        }
    }

    [Fact]
    public void A_parameter_that_a_grain_did_not_reach_adds_nothing()
    {
        var layer = new Linear(Size, 1);
        var tree = new GradientTree(layer);
        for (int grain = 0; grain < 5; grain++)
        {
            if (grain is 1 or 4)
                Hold(layer.Weight, grain);
            tree.Add(Workers.Serial);
        }
        tree.Finish(Workers.Serial);
        layer.Weight.Grad.ToArray<float>().ShouldBe(Gradient(1).Zip(Gradient(4), (a, b) => a + b));
        layer.Bias.ShouldNotBeNull().Grad.IsNone.ShouldBeTrue();
    }

    [Fact]
    public void A_steady_batch_allocates_nothing()
    {
        var layer = new Linear(Size, 1, bias: false);
        var tree = new GradientTree(layer);
        Hold(layer.Weight, 0);
        Batch();
        AllocatedBytes.Of(() =>
        {
            Batch();
        }).ShouldBe(0);

        void Batch()
        {
            for (int grain = 0; grain < 5; grain++)
            {
                layer.Weight.Value.TakeGrad();
                tree.Add(Workers.Serial);
            }
            tree.Finish(Workers.Serial);
        }
    }
}
