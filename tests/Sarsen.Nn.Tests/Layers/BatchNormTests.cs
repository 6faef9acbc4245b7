using Sarsen.Nn.Layers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests.Layers;

public class BatchNormTests
{
    private static readonly float[][] s_batches = [[1, 4, 3, 0], [5, -1, 2, 2], [0.5f, 7, -3, 1]];

    /// <summary>Batches of two rows of two channels.</summary>
    private static void Train(BatchNorm norm)
    {
        using var arena = new Arena(Workers.Serial);
        foreach (float[] batch in s_batches)
        {
            using Scope scope = arena.Begin(Mode.Training);
            norm.Call(scope.From<float>(batch, new Shape(2, 2)));
        }
    }

    [Fact]
    public void Without_a_momentum_the_running_statistics_are_the_means_over_all_batches()
    {
        var norm = new BatchNorm1d(2, momentum: null);

        Train(norm);

        norm.BatchesTracked.ToArray<long>().ShouldBe([3]);
        for (int c = 0; c < 2; c++)
        {
            // Of two values a, b: mean (a + b) / 2, unbiased variance (a - b)² / 2.
            ((double)norm.RunningMean.ToArray<float>()[c]).ShouldBe(s_batches.Average(b => (b[c] + b[c + 2]) / 2), 1e-6);
            ((double)norm.RunningVar.ToArray<float>()[c]).ShouldBe(s_batches.Average(b => Math.Pow(b[c] - b[c + 2], 2) / 2), 1e-5);
        }
        norm.State().Select(s => s.Name).ShouldBe(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]);
    }

    [Fact]
    public void Inference_moves_nothing()
    {
        var norm = new BatchNorm1d(2, momentum: null);
        Train(norm);
        float[] before = norm.RunningMean.ToArray<float>();

        norm.Call(Tensor.From<float>([9, 9], new Shape(1, 2)));

        norm.RunningMean.ToArray<float>().ShouldBe(before);
        norm.BatchesTracked.ToArray<long>().ShouldBe([3]);
    }

    [Fact]
    public void Without_statistics_a_batch_of_one_is_refused()
    {
        var norm = new BatchNorm1d(2, trackRunningStats: false);

        norm.State().Select(s => s.Name).ShouldBe(["weight", "bias"]);
        Should.Throw<ShapeException>(() => norm.Call(Tensor.From<float>([9, 9], new Shape(1, 2)))).Message.ShouldContain("more than one value");
    }
}
