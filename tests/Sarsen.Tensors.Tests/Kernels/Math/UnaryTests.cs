using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class UnaryTests
{
    private const double Tiny = 1.401298464324817e-45;

    private static readonly float[] Samples = MakeSamples();

    // The bound in ULP of the result; at least one denormal step; plus an absolute term where the docstring has one.
    [Fact]
    public void Exp_is_within_its_bound() => Check(new Exp(), 1);

    [Fact]
    public void Expm1_is_within_its_bound() => Check(new Expm1(), 2);

    [Fact]
    public void Log_is_within_its_bound() => Check(new Log(), 2);

    [Fact]
    public void Log1p_is_within_its_bound() => Check(new Log1p(), 2);

    [Fact]
    public void Tanh_is_within_its_bound() => Check(new Tanh(), 2);

    [Fact]
    public void Sigmoid_is_within_its_bound() => Check(new Sigmoid(), 2.5);

    [Fact]
    public void Softplus_is_within_its_bound() => Check(new Softplus(), 3);

    [Fact]
    public void Erf_is_within_its_bound() => Check(new Erf(), 2);

    [Fact]
    public void Sin_is_within_its_bound() => Check(new Sin(), 2);

    [Fact]
    public void Cos_is_within_its_bound() => Check(new Cos(), 2);

    [Fact]
    public void Sqrt_is_correctly_rounded() => Check(new Sqrt(), 0.5);

    [Fact]
    public void Reciprocal_is_correctly_rounded() => Check(new Reciprocal(), 0.5);

    [Fact]
    public void Rsqrt_is_within_its_bound() => Check(new Rsqrt(), 1.5);

    [Fact]
    public void Silu_is_within_its_bound() => Check(new Silu(), 3, 1.5e-45);

    [Fact]
    public void Elu_is_within_its_bound() => Check(new Elu(1), 2);

    [Fact]
    public void Celu_is_within_its_bound() => Check(new Celu(1), 2);

    [Fact]
    public void Selu_is_within_its_bound() => Check(new Selu(), 3);

    [Fact]
    public void Mish_is_within_its_bound() => Check(new Mish(), 4, 1.5e-45);

    [Fact]
    public void Softsign_is_within_its_bound() => Check(new Softsign(), 1.5);

    [Fact]
    public void LogSigmoid_is_within_its_bound() => Check(new LogSigmoid(), 3);

    [Fact]
    public void Gelu_is_within_its_bound() => Check(new Gelu(), 2, 1e-7);

    [Fact]
    public void GeluTanh_is_within_its_bound() => Check(new GeluTanh(), 2, 1e-7);

    [Fact]
    public void Square_and_its_kin_are_exact()
    {
        Check(new Square(), 0.5);
        Check(new Negate(), 0);
        Check(new Abs(), 0);
        Check(new Relu(), 0);
        Check(new LeakyRelu(0.25f), 0.5);
    }

    [Theory]
    [InlineData(2f)]
    [InlineData(-1.5f)]
    [InlineData(0.3f)]
    [InlineData(7f)]
    public void Power_is_within_its_bound(float exponent) => Check(new PowerScalar(exponent), 1);

    [Fact]
    public void Power_has_the_special_values_of_IEEE_754()
    {
        float[] values = [0, -0f, 1, -1, 2, -2, 0.5f, -0.5f, 3, -3, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1e30f, -1e30f, 16777217f];
        foreach (float a in values)
        {
            foreach (float b in values)
                ((float)Wide.Pow(a, b)).ShouldBe((float)Math.Pow(a, b), $"{a} ^ {b}");
        }
    }

    [Fact]
    public void Angles_of_any_size_are_reduced_exactly()
    {
        // From Python integers with 2π to 600 bits: see circle.py.
        Of(new Sin(), 1e22f).ShouldBe(SinOf1e22);
        Of(new Cos(), float.MaxValue).ShouldBe(CosOfMax);
        Of(new Sin(), 100000f).ShouldBe((float)Math.Sin(100000));
    }

    private const float SinOf1e22 = -0.734081506729126f;
    private const float CosOfMax = 0.8530210256576538f;

    private static float Of<TOp>(TOp op, float x) where TOp : struct, IUnaryOp
    {
        float y;
        Unary.Forward(Workers.Serial, op, &x, &y, 1);
        return y;
    }

    private static void Check<TOp>(TOp op, double ulps, double absolute = 0) where TOp : struct, IUnaryOp
    {
        float[] y = new float[Samples.Length];
        fixed (float* px = Samples, py = y)
            Unary.Forward(Workers.Serial, op, px, py, y.Length);
        (double worst, float at) = (0, 0);
        for (int i = 0; i < y.Length; i++)
        {
            double exact = op.Apply((double)Samples[i]);
            float rounded = (float)exact;
            if (!float.IsFinite(rounded) || !float.IsFinite(y[i]))
            {
                // Overflow may begin one step early or late.
                if (float.IsNaN(rounded) != float.IsNaN(y[i]) || (!float.IsNaN(rounded) && float.BitIncrement(Math.Abs(y[i])) < float.MaxValue))
                    throw new ShouldAssertException($"{typeof(TOp).Name}({Samples[i]:R}) is {y[i]:R}, expected {rounded:R}");
                continue;
            }
            double ulp = Math.Max(Math.ScaleB(1, Math.ILogB(exact) - 23), Tiny);
            double allowed = absolute * Math.Max(1, Math.Abs(Samples[i]));
            double error = Math.Max(0, Math.Abs(y[i] - exact) - allowed) / ulp;
            if (error > worst)
                (worst, at) = (error, Samples[i]);
        }
        worst.ShouldBeLessThanOrEqualTo(ulps, $"{typeof(TOp).Name} at {at:R}");
    }

    // Every exponent of both signs with 64 mantissas, a denser grid where functions bend, and the special values.
    private static float[] MakeSamples()
    {
        var rng = new Rng(1, "samples");
        var samples = new List<float> { 0, -0f, 1, -1, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue };
        for (uint exponent = 0; exponent < 255; exponent++)
        {
            for (uint k = 0; k < 64; k++)
            {
                uint bits = exponent << 23 | rng.Word(exponent * 64 + k) >> 9;
                samples.Add(BitConverter.UInt32BitsToSingle(bits));
                samples.Add(BitConverter.UInt32BitsToSingle(bits | 1u << 31));
            }
        }
        for (int i = 0; i < 100_000; i++)
        {
            samples.Add(rng.Uniform(1_000_000 + i) * 24 - 12);
            if (i % 4 == 0)
                samples.Add(rng.Uniform(2_000_000 + i) * 240 - 120);
        }
        return [.. samples];
    }
}
