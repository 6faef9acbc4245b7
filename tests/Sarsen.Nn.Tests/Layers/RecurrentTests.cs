using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Layers;

public class RecurrentTests
{
    private static readonly long[] s_lengths = [5, 0, 7, 1, 3];

    public static TheoryData<string> Kinds => ["rnn", "lstm", "gru"];

    private static Recurrent Make(string kind) => kind switch
    {
        "rnn" => new Rnn(3, 6, numLayers: 2, bidirectional: true),
        "lstm" => new Lstm(3, 6, numLayers: 2, bidirectional: true),
        _ => new Gru(3, 6, numLayers: 2, bidirectional: true),
    };

    private static Tensor Input(int steps, int batch)
    {
        var rng = new Rng(4, "sequences");
        return Tensor.From([.. Enumerable.Range(0, steps * batch * 3).Select(i => (float)rng.Normal(i))], new Shape(steps, batch, 3));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_sequence_among_longer_ones_has_the_bits_it_has_alone(string kind)
    {
        Recurrent layer = Make(kind);
        layer.Initialize(3);
        Tensor x = Input(7, s_lengths.Length);
        RecurrentResult all = layer.Run(x, lengths: Tensor.From(s_lengths, new Shape(s_lengths.Length)));
        all.Output.Shape.ShouldBe(new Shape(7, 5, 12));
        for (int n = 0; n < s_lengths.Length; n++)
        {
            RecurrentResult alone = layer.Run(x.Slice(0, 0, s_lengths[n]).Slice(1, n, n + 1).ToGc());
            Tensor one = all.Output.Slice(1, n, n + 1);
            one.Slice(0, 0, s_lengths[n]).ToArray<float>().ShouldBe(alone.Output.ToArray<float>());
            one.Slice(0, s_lengths[n]).ToArray<float>().ShouldAllBe(v => v == 0);
            all.Hidden.Slice(1, n, n + 1).ToArray<float>().ShouldBe(alone.Hidden.ToArray<float>());
            if (kind == "lstm")
                all.Cell.Slice(1, n, n + 1).ToArray<float>().ShouldBe(alone.Cell.ToArray<float>());
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_lies_beyond_a_sequence_has_no_say_and_no_gradient(string kind)
    {
        Recurrent layer = Make(kind);
        layer.Initialize(3);
        (float[] Output, float[] Grad, float[] Weight) Run(float beyond)
        {
            Tensor x = Input(7, 5);
            for (int i = 0; i < x.Count; i++)
            {
                if (i / 15 >= s_lengths[i / 3 % 5])
                    x.AsSpan<float>()[i] = beyond;
            }
            x.WithGrad();
            layer.ZeroGrad();
            using var arena = new Arena(Workers.Serial);
            var tape = new Tape();
            using Scope scope = arena.Begin(Mode.Training, tape);
            RecurrentResult result = layer.Run(x, lengths: Tensor.From(s_lengths, new Shape(5)));
            float[] output = result.Output.ToArray<float>();
            tape.Backward(result.Output.Square().Sum() + result.Hidden.Sum());
            return (output, x.Grad.ToArray<float>(), layer.Parameters().First().Grad.ToArray<float>());
        }
        (float[] output, float[] grad, float[] weight) = Run(0);
        (float[] other, float[] otherGrad, float[] otherWeight) = Run(1000);
        other.ShouldBe(output);
        otherGrad.ShouldBe(grad);
        otherWeight.ShouldBe(weight);
        for (int i = 0; i < grad.Length; i++)
        {
            if (i / 15 >= s_lengths[i / 3 % 5])
                grad[i].ShouldBe(0);
        }
    }

    [Fact]
    public void A_steady_step_by_lengths_allocates_nothing()
    {
        var layer = new Lstm(3, 6, numLayers: 2, dropout: 0.1, bidirectional: true);
        layer.Initialize(3);
        Tensor x = Input(7, 5), lengths = Tensor.From(s_lengths, new Shape(5));
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        for (int i = 0; i < 3; i++)
            Step();
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 3; i++)
                Step();
        }).ShouldBe(0);

        void Step()
        {
            layer.ZeroGrad();
            using Scope scope = arena.Begin(Mode.Training, tape, new Rng(1, "step"));
            tape.Backward(layer.Run(x, lengths: lengths).Output.Sum());
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var layer = new Gru(3, 6);
        Should.Throw<ArgumentOutOfRangeException>(() => layer.Run(Input(7, 2), lengths: Tensor.From<long>([3, 8], new Shape(2)))).Message.ShouldContain("0 … 7");
        Should.Throw<ShapeException>(() => layer.Run(Input(7, 2), lengths: Tensor.From<long>([3], new Shape(1)))).Message.ShouldContain("lengths (2)");
        Should.Throw<ArgumentOutOfRangeException>(() => new Gru(3, 6, numLayers: 9, bidirectional: true));
    }
}
