using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Every function and its derivative on every vector path; that they are right is tested by their bounds.</summary>
public unsafe class UnaryPathTests
{
    // Bends, both tails and what lies beyond them, next to the special values.
    private static readonly float[] s_values = [.. KernelMemory.Special, .. Widths.Normal(200, "values", 3), .. Widths.Normal(100, "far", 60), .. Widths.Normal(50, "beyond", 1e4)];

    [Fact]
    public void Exponentials_agree_on_all_paths()
    {
        Check(new Exp());
        Check(new Expm1());
        Check(new Log());
        Check(new Log1p());
        Check(new PowerScalar(1.5f));
    }

    [Fact]
    public void Activations_agree_on_all_paths()
    {
        Check(new Relu());
        Check(new LeakyRelu(0.01));
        Check(new Celu(0.7));
        Check(new Elu(1.5));
        Check(new Hardsigmoid());
        Check(new Hardswish());
        Check(new Hardtanh(-1, 2));
        Check(new LogSigmoid());
        Check(new Mish());
        Check(new Selu());
        Check(new Softsign());
        Check(new Gelu());
        Check(new GeluTanh());
        Check(new Silu());
        Check(new Sigmoid());
        Check(new Softplus());
        Check(new Tanh());
    }

    [Fact]
    public void Circles_and_roots_agree_on_all_paths()
    {
        Check(new Sin());
        Check(new Cos());
        Check(new Erf());
        Check(new Sqrt());
        Check(new Rsqrt());
        Check(new Reciprocal());
    }

    [Fact]
    public void Arithmetic_agrees_on_all_paths()
    {
        Check(new Abs());
        Check(new Affine(0.3, -1));
        Check(new Clamp(-1, 2));
        Check(new Negate());
        Check(new Scale(0.7f));
        Check(new Square());
    }

    private static void Check<TOp>(TOp op) where TOp : struct, IUnaryOp
    {
        // All values at once, and then each awkward length.
        CheckOf(op, s_values);
        foreach (int n in KernelMemory.Lengths)
            CheckOf(op, s_values.AsSpan(40, n).ToArray());
    }

    private static void CheckOf<TOp>(TOp op, float[] x) where TOp : struct, IUnaryOp
    {
        int n = x.Length;
        float[] dy = Widths.Normal(n, "dy");
        float[] y = KernelMemory.Agree($"{typeof(TOp).Name} of {n}", memory =>
        {
            float* py = memory.New<float>(n, 7);
            Unary.Forward(Workers.Serial, op, memory.Put(x), py, n);
            return KernelMemory.Read(py, n);
        });
        foreach (bool accumulate in (ReadOnlySpan<bool>)[false, true])
        {
            float[] dx = KernelMemory.Agree($"{typeof(TOp).Name}'s gradient of {n}", memory =>
            {
                // What the derivative does not need may be absent.
                float* px = TOp.BackwardNeedsX ? memory.Put(x) : null, py = TOp.BackwardNeedsY ? memory.Put(y) : null, pd = memory.New<float>(n, 0.5f);
                Unary.Backward(Workers.Serial, op, px, py, memory.Put(dy), pd, n, accumulate);
                return KernelMemory.Read(pd, n);
            });
            for (int i = 0; i < n; i++)
            {
                double exact = op.Backward((double)x[i], op.Apply((double)x[i]), dy[i]) + (accumulate ? 0.5 : 0);
                if (double.IsFinite(exact) && Math.Abs(exact) < 1e30 && !(Math.Abs(dx[i] - exact) <= 1e-5 * Math.Max(1, Math.Abs(exact))))
                    throw new ShouldAssertException($"{typeof(TOp).Name}'s gradient at {x[i]:R} is {dx[i]:R}, expected {exact:R}");
            }
        }
    }

    [Fact]
    public void The_sign_of_a_NaN_does_not_reach_a_gradient()
    {
        using var memory = new KernelMemory();
        float* dx = memory.New<float>(2);
        Unary.Backward(Workers.Serial, default(Abs), memory.Put([float.NaN, -float.NaN]), null, memory.Put([1f, 1]), dx, 2);
        KernelMemory.Read(dx, 2).ShouldAllBe(v => float.IsNaN(v));
        default(Abs).Backward(double.NaN, 0, 1).ShouldBe(double.NaN);
    }

    [Fact]
    public void In_place_and_on_threads_is_the_same()
    {
        float[] x = Widths.Normal(100_003, "x"), y = new float[x.Length];
        fixed (float* px = x, py = y)
        {
            Unary.Forward(Workers.Serial, default(Tanh), px, py, x.Length);
            Unary.Forward(Workers.Shared, default(Tanh), px, px, x.Length);
        }
        x.ShouldBe(y);
    }
}
