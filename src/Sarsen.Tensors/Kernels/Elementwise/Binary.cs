using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Loops for any <see cref="IBinaryOp"/>, with broadcasting: the plan walks the result's shape with operands a, b and, for
/// the backward forms, dy. The destination is contiguous, of the plan's count; it may be the memory of an operand
/// that is walked in the same order. The f64 overloads are the plain path for gradient checks.
/// </summary>
/// <remarks>A gradient has the result's shape; <see cref="Reduce"/> sums it back to the operand's.</remarks>
public static unsafe class Binary
{
    /// <summary>y = f(a, b).</summary>
    public static void Forward<TOp>(Workers workers, TOp op, in StridedPlan plan, float* a, float* b, float* y) where TOp : struct, IBinaryOp =>
        Run(workers, new Value<TOp>(op), plan, a, b, null, y);

    /// <summary>da = ∂f/∂a · dy.</summary>
    public static void BackwardA<TOp>(Workers workers, TOp op, in StridedPlan plan, float* a, float* b, float* dy, float* da) where TOp : struct, IBinaryOp =>
        Run(workers, new GradientA<TOp>(op), plan, a, b, dy, da);

    /// <summary>db = ∂f/∂b · dy.</summary>
    public static void BackwardB<TOp>(Workers workers, TOp op, in StridedPlan plan, float* a, float* b, float* dy, float* db) where TOp : struct, IBinaryOp =>
        Run(workers, new GradientB<TOp>(op), plan, a, b, dy, db);

    public static void Forward<TOp>(TOp op, in StridedPlan plan, double* a, double* b, double* y) where TOp : struct, IBinaryOp =>
        Run(new Value<TOp>(op), plan, a, b, null, y);

    public static void BackwardA<TOp>(TOp op, in StridedPlan plan, double* a, double* b, double* dy, double* da) where TOp : struct, IBinaryOp =>
        Run(new GradientA<TOp>(op), plan, a, b, dy, da);

    public static void BackwardB<TOp>(TOp op, in StridedPlan plan, double* a, double* b, double* dy, double* db) where TOp : struct, IBinaryOp =>
        Run(new GradientB<TOp>(op), plan, a, b, dy, db);

    private static void Run<TPart>(TPart part, in StridedPlan plan, double* a, double* b, double* dy, double* y) where TPart : struct, IPart
    {
        StridedCursor at = plan.Seek(0);
        for (long i = 0; i < plan.Count; i++, at.Advance(1))
            y[i] = part.Apply(a[at.Offset0], b[at.Offset1], dy is null ? 0 : dy[at.Offset2]);
    }

    private static void Run<TPart>(Workers workers, TPart part, in StridedPlan plan, float* a, float* b, float* dy, float* y) where TPart : struct, IPart
    {
        var range = new Range<TPart> { Part = part, Plan = plan, A = a, B = b, Dy = dy, Y = y };
        VectorRanges.For(workers, ref range, plan.Count);
    }

    private struct Range<TPart> : IVectorRange where TPart : struct, IPart
    {
        public TPart Part;
        public StridedPlan Plan;
        public float* A, B, Dy, Y;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            (long a, long b) = (Plan.RowStride(0), Plan.RowStride(1));
            bool plain = Dy is null || Plan.RowStride(2) == 1;
            if (plain && a == 1 && b == 1)
                Rows<V, ContiguousRow, ContiguousRow, ContiguousRow>(begin, end);
            else if (plain && a == 1 && b == 0)
                Rows<V, ContiguousRow, RepeatedRow, ContiguousRow>(begin, end);
            else if (plain && a == 0 && b == 1)
                Rows<V, RepeatedRow, ContiguousRow, ContiguousRow>(begin, end);
            else
                Rows<V, StridedRow, StridedRow, StridedRow>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Rows<V, TA, TB, TC>(long begin, long end)
            where V : struct, IVector<V> where TA : struct, IRowLoad where TB : struct, IRowLoad where TC : struct, IRowLoad
        {
            TPart part = Part;
            nint sa = (nint)Plan.RowStride(0), sb = (nint)Plan.RowStride(1), sc = (nint)Plan.RowStride(2);
            StridedCursor at = Plan.Seek(begin);
            while (begin < end)
            {
                nint n = (nint)Math.Min(at.RowLeft, end - begin);
                float* a = A + at.Offset0, b = B + at.Offset1, c = Dy + at.Offset2, y = Y + begin;
                nint i = 0;
                for (; i <= n - 16; i += 16)
                    part.Apply(TA.Load<V>(a, i, 16, sa), TB.Load<V>(b, i, 16, sb), part.UsesDy ? TC.Load<V>(c, i, 16, sc) : default).Store(y + i);
                if (i < n)
                    part.Apply(TA.Load<V>(a, i, n - i, sa), TB.Load<V>(b, i, n - i, sb), part.UsesDy ? TC.Load<V>(c, i, n - i, sc) : default).Store(y + i, n - i);
                begin += n;
                at.Advance(n);
            }
        }
    }

    /// <summary>The function or one of its derivatives, as one function of (a, b, dy).</summary>
    private interface IPart
    {
        bool UsesDy { get; }

        V Apply<V>(V a, V b, V dy) where V : struct, IVector<V>;

        double Apply(double a, double b, double dy);
    }

    private readonly struct Value<TOp>(TOp op) : IPart where TOp : struct, IBinaryOp
    {
        public bool UsesDy => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b, V dy) where V : struct, IVector<V> => op.Apply(a, b);

        public double Apply(double a, double b, double dy) => op.Apply(a, b);
    }

    private readonly struct GradientA<TOp>(TOp op) : IPart where TOp : struct, IBinaryOp
    {
        public bool UsesDy => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b, V dy) where V : struct, IVector<V> => op.BackwardA(a, b, dy);

        public double Apply(double a, double b, double dy) => op.BackwardA(a, b, dy);
    }

    private readonly struct GradientB<TOp>(TOp op) : IPart where TOp : struct, IBinaryOp
    {
        public bool UsesDy => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Apply<V>(V a, V b, V dy) where V : struct, IVector<V> => op.BackwardB(a, b, dy);

        public double Apply(double a, double b, double dy) => op.BackwardB(a, b, dy);
    }
}
