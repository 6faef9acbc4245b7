using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests.Layers;

public class DropoutTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void The_asked_part_is_dropped_and_the_rest_is_scaled(double probability)
    {
        const int n = 100_000;
        float[] y = Run(new Dropout(probability), step: 0, rows: 100, columns: n / 100);
        int dropped = y.Count(v => v == 0);
        // Five deviations of a binomial.
        ((double)dropped / n).ShouldBe(probability, 5 * Math.Sqrt(probability * (1 - probability) / n));
        y.Where(v => v != 0).ShouldAllBe(v => v == (float)(1 / (1 - probability)));
    }

    [Fact]
    public void The_mask_follows_from_the_step_the_stream_and_the_global_sample()
    {
        var layer = new Dropout();
        float[] mask = Run(layer, step: 3, rows: 8, columns: 100);
        Run(layer, step: 3, rows: 8, columns: 100).ShouldBe(mask);
        Run(layer, step: 4, rows: 8, columns: 100).ShouldNotBe(mask);
        // Samples 5 … 7 alone get what they got in the whole batch.
        Run(layer, step: 3, rows: 3, columns: 100, first: 5).ShouldBe(mask[500..800]);
        var named = new Sequential(new Dropout(), new Dropout());
        Run(named.Items[0], step: 3, rows: 8, columns: 100).ShouldNotBe(Run(named.Items[1], step: 3, rows: 8, columns: 100));
    }

    [Fact]
    public void Without_training_nothing_is_dropped_and_without_randomness_training_is_refused()
    {
        var layer = new Dropout();
        using var arena = new Arena(Workers.Serial);
        using (Scope scope = arena.Begin(Mode.Inference))
            layer.Call(scope.From<float>([1, 2], new Shape(2))).ToArray<float>().ShouldBe([1, 2]);
        Should.Throw<InvalidOperationException>(() =>
        {
            using Scope scope = arena.Begin(Mode.Training);
            layer.Call(scope.From<float>([1, 2], new Shape(2)));
        }).Message.ShouldContain("Rng");
        Should.Throw<ArgumentOutOfRangeException>(() => new Dropout(1));
        Should.Throw<ArgumentOutOfRangeException>(() => new Dropout(double.NaN));
    }

    [Fact]
    public void Between_recurrent_layers_the_mask_belongs_to_the_sample_in_either_layout()
    {
        var first = new Lstm(3, 5, numLayers: 2, batchFirst: true, dropout: 0.5);
        var last = new Lstm(3, 5, numLayers: 2, dropout: 0.5);
        first.Initialize(4);
        last.Initialize(4);
        Tensor x = Tensor.Empty(DType.F32, new Shape(6, 4, 3));
        new NormalInitializer().Fill(x, 1, "x");
        using var arena = new Arena(Workers.Serial);
        float[] whole = Train(first, x, 20), other = Train(last, x.Transpose(0, 1), 20);
        other.ShouldBe(whole);
        // Samples 4 and 5 of the batch, as another rank would have them.
        Train(first, x.Slice(0, 4), 24).ShouldBe(whole[(4 * 20)..]);
        using (Scope scope = arena.Begin(Mode.Inference))
            first.Call(x).ToArray<float>().ShouldNotBe(whole);

        float[] Train(Lstm lstm, Tensor batch, long sample)
        {
            using Scope scope = arena.Begin(Mode.Training, rng: new Rng(9, "dropout", 2, sample));
            Tensor y = lstm.Call(batch); // (N, T, H) or (T, N, H)
            return (lstm.BatchFirst ? y : y.Transpose(0, 1)).ToArray<float>();
        }
    }

    private static float[] Run(Module layer, long step, int rows, int columns, long first = 0)
    {
        float[] ones = new float[rows * columns];
        Array.Fill(ones, 1);
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Training, rng: new Rng(9, "dropout", step, first));
        return layer.Call(scope.From<float>(ones, new Shape(rows, columns))).ToArray<float>();
    }
}
