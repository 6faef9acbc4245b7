using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Initializers;

public class InitializerTests
{
    private static readonly Shape s_weight = new(64, 32, 3, 5);
    private const double FanIn = 32 * 15, FanOut = 64 * 15;

    public static TheoryData<Initializer, double, double, double> Expected() => new()
    {
        { new UniformInitializer(-1, 3), 1, 16.0 / 12, 3 },
        { new NormalInitializer(0.5, 2), 0.5, 4, double.PositiveInfinity },
        // Var of a normal cut at ±2σ: 1 - 2·2φ(2) / (Φ(2) - Φ(-2)).
        { new TruncatedNormalInitializer(), 0, 0.7737413035760407, 2 },
        { new TruncatedNormalInitializer(1, 0.5, 0, 2), 1, 0.25 * 0.7737413035760407, 2 },
        { new XavierUniformInitializer(), 0, 2 / (FanIn + FanOut), Math.Sqrt(6 / (FanIn + FanOut)) },
        { new XavierNormalInitializer(5.0 / 3), 0, 25.0 / 9 * 2 / (FanIn + FanOut), double.PositiveInfinity },
        { new KaimingUniformInitializer(), 0, 2 / FanIn, Math.Sqrt(6 / FanIn) },
        { new KaimingUniformInitializer(1, FanOut: true), 0, 1 / FanOut, Math.Sqrt(3 / FanOut) },
        { new KaimingNormalInitializer(), 0, 2 / FanIn, double.PositiveInfinity },
        { new KaimingNormalInitializer(1, FanOut: true), 0, 1 / FanOut, double.PositiveInfinity },
    };

    /// <summary>Mean and variance within five standard errors, for the 30,720 elements of a convolution's weight.</summary>
    [Theory]
    [MemberData(nameof(Expected))]
    public void Mean_variance_and_bound_are_those_of_the_distribution(Initializer initializer, double mean, double variance, double bound)
    {
        foreach (DType type in (ReadOnlySpan<DType>)[DType.F32, DType.F64])
        {
            Tensor tensor = Tensor.Empty(type, s_weight);
            initializer.Fill(tensor, seed: 3, "weight");
            double[] values = Autograd.SampleTensors.Values(tensor);
            double error = Math.Sqrt(variance / values.Length), actual = values.Average();
            actual.ShouldBe(mean, 5 * error);
            values.Sum(v => (v - actual) * (v - actual) / values.Length).ShouldBe(variance, 5 * variance * Math.Sqrt(2.0 / values.Length));
            values.ShouldAllBe(v => Math.Abs(v) <= Math.Max(bound, mean + bound));
        }
    }

    [Fact]
    public void Constants_are_constant_and_a_padding_row_is_zero()
    {
        Tensor tensor = Tensor.Empty(DType.F32, new Shape(3, 2));
        new ConstantInitializer(0.25).Fill(tensor, 0, "x");
        tensor.ToArray<float>().ShouldAllBe(v => v == 0.25f);
        new ZeroRowInitializer(new ConstantInitializer(1), 1).Fill(tensor, 0, "x");
        tensor.ToArray<float>().ShouldBe([1, 1, 0, 0, 1, 1]);
        var embedding = new Embedding(4, 3, paddingIndex: 2);
        embedding.Initialize(1);
        embedding.Weight.Value.ToArray<float>().Select((v, i) => v == 0 == (i / 3 == 2)).ShouldAllBe(right => right);
    }

    [Theory]
    [InlineData(6, 20, 1)]
    [InlineData(20, 6, 1.5)]
    public void Orthogonal_rows_or_columns_have_the_length_of_the_gain(int rows, int columns, double gain)
    {
        Tensor tensor = Tensor.Empty(DType.F32, new Shape(rows, columns));
        new OrthogonalInitializer(gain).Fill(tensor, 5, "weight");
        float[] q = tensor.ToArray<float>();
        (int count, int length) = (Math.Min(rows, columns), Math.Max(rows, columns));
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++)
                Enumerable.Range(0, length).Sum(k => At(a, k) * At(b, k)).ShouldBe(a == b ? gain * gain : 0, 1e-5);
        }

        double At(int vector, int k) => rows <= columns ? q[vector * columns + k] : q[k * columns + vector];
    }

    [Fact]
    public void A_bias_has_no_fan()
    {
        Tensor bias = Tensor.Empty(DType.F32, new Shape(4));
        Should.Throw<ShapeException>(() => new XavierUniformInitializer().Fill(bias, 0, "bias")).Message.ShouldContain("(4)");
        Should.Throw<ShapeException>(() => new OrthogonalInitializer().Fill(bias, 0, "bias")).Message.ShouldContain("(4)");
    }

    [Fact]
    public void What_a_parameter_gets_depends_on_the_seed_and_its_path_alone()
    {
        var small = new Sequential(new Linear(3, 4), new Linear(4, 2));
        var large = new Sequential(new Conv2d(1, 8, new Window2d(3, 3)), new Linear(4, 2), new Linear(70, 90));
        small.Initialize(7);
        large.Initialize(7);
        float[] weight = small.Items[1].Parameters().First().Value.ToArray<float>();
        large.Items[1].Parameters().First().Value.ToArray<float>().ShouldBe(weight);
        small.Initialize(7);
        small.Items[1].Parameters().First().Value.ToArray<float>().ShouldBe(weight);
        small.Initialize(8);
        small.Items[1].Parameters().First().Value.ToArray<float>().ShouldNotBe(weight);
        // A larger parameter of the same name begins with the same numbers.
        Tensor[] both = [Tensor.Empty(DType.F32, new Shape(5)), Tensor.Empty(DType.F32, new Shape(50_000))];
        foreach (Tensor tensor in both)
            new NormalInitializer().Fill(tensor, 7, "x");
        both[1].ToArray<float>()[..5].ShouldBe(both[0].ToArray<float>());
    }

    /// <summary>torch.nn's defaults: ±1/√fan_in for weight and bias, ±1/√H for recurrent ones, N(0, 1) for embeddings.</summary>
    [Fact]
    public void Layers_start_as_those_of_PyTorch()
    {
        Bound(new Linear(400, 60), 1 / 20.0);
        Bound(new Conv2d(8, 60, new Window2d(5, 5), groups: 2), 1 / 10.0);
        Bound(new Lstm(30, 25), 1 / 5.0);
        Bound(new Gru(30, 25), 1 / 5.0);
        Bound(new Rnn(30, 25), 1 / 5.0);
        var embedding = new Embedding(200, 100);
        embedding.Initialize(1);
        embedding.Weight.Value.ToArray<float>().Average(v => v * v).ShouldBe(1, 0.05);

        static void Bound(Module layer, double bound)
        {
            layer.Initialize(1);
            foreach (Parameter parameter in layer.Parameters())
            {
                float[] values = parameter.Value.ToArray<float>();
                values.ShouldAllBe(v => Math.Abs(v) <= bound);
                values.Max(Math.Abs).ShouldBeGreaterThan((float)(0.8 * bound), $"{layer.Kind} {parameter.Name}");
            }
        }
    }
}
