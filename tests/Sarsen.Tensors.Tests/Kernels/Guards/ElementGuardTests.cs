using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Functions of elements, copies, conversions and fills.</summary>
public sealed unsafe class ElementGuardTests
{
    private static readonly Rng s_rng = new(7, "guards");

    private static readonly GuardedKernel[] s_kernels =
    [
        new("power", (m, n) => Binary(m, new Power(), n)),
        new("swiglu", (m, n) => Binary(m, new SwiGlu(), n)),
        new("prelu", (m, n) => Binary(m, new PRelu(), n)),
        new("Poisson error", (m, n) => Binary(m, new PoissonError(false, true, 1e-8), n)),
        new("Poisson error of logarithms", (m, n) => Binary(m, new PoissonError(true, false, 1e-8), n)),
        new("Kullback-Leibler divergence", (m, n) => Binary(m, new KlDivergence(false), n)),
        new("Kullback-Leibler divergence of logarithms", (m, n) => Binary(m, new KlDivergence(true), n)),
        new("binary focal loss", (m, n) => Binary(m, new BinaryFocal(0.25, 2), n)),
        new("gated unit, inner", (m, n) => Gated(m, 3, n)),
        new("gated unit, outer", (m, n) => Gated(m, n, 3)),
        .. Enum.GetValues<DType>().Select(from => new GuardedKernel($"casts from {from}", (m, n) => Casts(m, from, n), Widths: false)),
        new("transposed copy, columns", (m, n) => Copies(m, new Shape(3, n), new Shape(1, 3))),
        new("transposed copy, rows", (m, n) => Copies(m, new Shape(n, 3), new Shape(1, Math.Max(n, 1)))),
        new("transposed copy of planes", (m, n) => Copies(m, new Shape(2, n, 35), new Shape(35L * n, 1, Math.Max(n, 1)))),
        new("copy of parts of rows", (m, n) => Copies(m, new Shape(3, n), new Shape(n + 5, 1))),
        new("copy of every second", (m, n) => Copies(m, new Shape(n), new Shape(2))),
        new("short copies", (m, n) => Blocks.Copy(m.Values(n), m.Result<float>(n), n), Widths: false),
        new("short zeros", (m, n) => Blocks.Clear(m.Result<float>(n), n), Widths: false),
        new("comparison", (m, n) => Plain<IsLess<float>, byte>(m, n), Widths: false),
        new("plain maximum", (m, n) => Plain<PlainMaximum<float>, float>(m, n), Widths: false),
        new("uniform numbers", (m, n) => Each(first => s_rng.Uniform(Workers.Serial, m.Result<float>(n), n, -1, 1, first))),
        new("uniform doubles", (m, n) => Each(first => s_rng.Uniform(Workers.Serial, m.Result<double>(n), n, -1, 1, first))),
        new("normal numbers", (m, n) => Each(first => s_rng.Normal(Workers.Serial, m.Result<float>(n), n, 0, 1, first))),
        new("normal doubles", (m, n) => Each(first => s_rng.Normal(Workers.Serial, m.Result<double>(n), n, 0, 1, first))),
        new("truncated normal numbers", (m, n) => Each(first => s_rng.TruncatedNormal(Workers.Serial, m.Result<float>(n), n, 0, 1, -2, 2, first))),
        new("truncated normal doubles", (m, n) => Each(first => s_rng.TruncatedNormal(Workers.Serial, m.Result<double>(n), n, 0, 1, -2, 2, first))),
        new("coins", (m, n) => Each(first => s_rng.Bernoulli(Workers.Serial, m.Result<byte>(n), n, 0.3, first))),
        new("numbers below", (m, n) => Each(first => s_rng.Below(Workers.Serial, m.Result<long>(n), n, 10, first))),
        new("orthogonal matrix, rows", (m, n) => s_rng.Orthogonal(m.Result<float>(3L * n), n, 3), Widths: false),
        new("orthogonal matrix, columns", (m, n) => s_rng.Orthogonal(m.Result<float>(3L * n), 3, n), Widths: false),
        new("dropout, samples", (m, n) => Dropout.Run(Workers.Serial, s_rng, m.Values(3L * n), m.Result<float>(3L * n), n, 3, 0.3)),
    ];

    public static TheoryData<string> Names() => [.. s_kernels.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kernel_stays_inside_at_every_length(string name) => s_kernels.Single(k => k.Name == name).Check();

    // One loop for all of them, which is tested for more ways to lie than whole and transposed.
    private static void Binary<TOp>(KernelMemory memory, TOp op, int n) where TOp : struct, IBinaryOp
    {
        var shape = new Shape(2, n);
        foreach (Shape strides in (ReadOnlySpan<Shape>)[shape.Contiguous(), Shape.Unchecked([1, 2])])
        {
            var plan = new StridedPlan(shape, shape.Contiguous(), strides, shape.Contiguous());
            float* a = memory.Positive(2 * n), b = memory.Positive(2 * n), dy = memory.Values(2 * n);
            Sarsen.Tensors.Kernels.Binary.Forward(Workers.Serial, op, plan, a, b, memory.Result<float>(2 * n));
            Sarsen.Tensors.Kernels.Binary.BackwardA(Workers.Serial, op, plan, a, b, dy, memory.Result<float>(2 * n));
            Sarsen.Tensors.Kernels.Binary.BackwardB(Workers.Serial, op, plan, a, b, dy, memory.Result<float>(2 * n));
        }
    }

    private static void Gated(KernelMemory memory, int outer, int inner)
    {
        long count = (long)outer * inner;
        float* x = memory.Values(2 * count);
        GatedUnit.Forward(Workers.Serial, default(Sigmoid), x, memory.Result<float>(count), outer, inner);
        GatedUnit.Backward(Workers.Serial, default(Sigmoid), x, memory.Values(count), memory.Result<float>(2 * count), outer, inner);
    }

    private static void Casts(KernelMemory memory, DType from, int n)
    {
        byte* x = memory.New<byte>(n * from.Size(), 1);
        foreach (DType to in Enum.GetValues<DType>())
            Cast.Run(Workers.Serial, from, x, to, memory.Result<byte>(n * to.Size()), n);
    }

    /// <summary>There and back, of every size of elements; the elements between those of the view stay.</summary>
    private static void Copies(KernelMemory memory, Shape shape, Shape strides)
    {
        Copies<byte>(memory, shape, strides);
        Copies<short>(memory, shape, strides);
        Copies<float>(memory, shape, strides);
        Copies<double>(memory, shape, strides);
    }

    private static void Copies<T>(KernelMemory memory, Shape shape, Shape strides) where T : unmanaged
    {
        long spanned = shape.Count == 0 ? 0 : 1;
        for (int d = 0; d < shape.Rank && shape.Count > 0; d++)
            spanned += (shape[d] - 1) * strides[d];
        var plan = new StridedPlan(shape, strides);
        T* view = (T*)memory.New<byte>(spanned * sizeof(T), 5), dense = memory.Result<T>(shape.Count);
        StridedCopy.ToContiguous(Workers.Serial, plan, view, dense);
        StridedCopy.FromContiguous(Workers.Serial, plan, dense, view);
        Strided.Copy(Workers.Serial, (byte*)view, shape, strides, sizeof(T), (byte*)memory.Result<T>(shape.Count));
    }

    private static void Plain<TOp, TResult>(KernelMemory memory, int n) where TOp : struct, IPlainOp<float, TResult> where TResult : unmanaged
    {
        var shape = new Shape(2, n);
        var plan = new StridedPlan(shape, shape.Contiguous(), Shape.Unchecked([1, 0]));
        Sarsen.Tensors.Kernels.Plain.Binary<TOp, float, TResult>(Workers.Serial, plan, memory.Values(2 * n), memory.Values(n == 0 ? 0 : 2), memory.Result<TResult>(2 * n));
    }

    // Words come in blocks of four, which a fill may begin within.
    private static void Each(Action<long> fill)
    {
        for (long first = 0; first < 4; first++)
            fill(first);
    }
}
