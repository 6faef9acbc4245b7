using System.Numerics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>A function of two elements of any type, for comparisons and for integers.</summary>
public interface IPlainOp<T, TResult> where T : unmanaged where TResult : unmanaged
{
    static abstract TResult Apply(T a, T b);
}

/// <summary>Whether a &lt; b; false where either is NaN. a &gt; b is b &lt; a.</summary>
public readonly struct IsLess<T> : IPlainOp<T, byte> where T : unmanaged, INumber<T>
{
    public static byte Apply(T a, T b) => a < b ? (byte)1 : (byte)0;
}

/// <summary>Whether a ≤ b; false where either is NaN.</summary>
public readonly struct IsLessOrEqual<T> : IPlainOp<T, byte> where T : unmanaged, INumber<T>
{
    public static byte Apply(T a, T b) => a <= b ? (byte)1 : (byte)0;
}

/// <summary>Whether a = b; false where either is NaN.</summary>
public readonly struct IsEqual<T> : IPlainOp<T, byte> where T : unmanaged, INumber<T>
{
    public static byte Apply(T a, T b) => a == b ? (byte)1 : (byte)0;
}

/// <summary>Whether a ≠ b; true where either is NaN.</summary>
public readonly struct IsNotEqual<T> : IPlainOp<T, byte> where T : unmanaged, INumber<T>
{
    public static byte Apply(T a, T b) => a != b ? (byte)1 : (byte)0;
}

/// <summary>a + b, wrapping.</summary>
public readonly struct PlainAdd<T> : IPlainOp<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a + b);
}

/// <summary>a - b, wrapping.</summary>
public readonly struct PlainSubtract<T> : IPlainOp<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a - b);
}

/// <summary>a · b, wrapping.</summary>
public readonly struct PlainMultiply<T> : IPlainOp<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => unchecked(a * b);
}

/// <summary>a / b of integers, towards zero; 0 where b is 0, and the least integer by -1 wraps to itself: kernels do not throw.</summary>
public readonly struct PlainDivide<T> : IPlainOp<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Apply(T a, T b) => T.IsZero(b) ? T.Zero : b == T.Zero - T.One && T.IsNegative(b) ? unchecked(T.Zero - a) : a / b;
}

/// <summary>The lesser; NaN where either is.</summary>
public readonly struct PlainMinimum<T> : IPlainOp<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => T.Min(a, b);
}

/// <summary>The greater; NaN where either is.</summary>
public readonly struct PlainMaximum<T> : IPlainOp<T, T> where T : unmanaged, INumber<T>
{
    public static T Apply(T a, T b) => T.Max(a, b);
}

/// <summary>Plain loops with broadcasting, for element types without vectors. Destinations are contiguous. Bool is a byte, 0 or 1.</summary>
public static unsafe class Plain
{
    /// <summary>y = f(a, b) over the plan's operands a, b.</summary>
    public static void Binary<TOp, T, TResult>(Workers workers, in StridedPlan plan, T* a, T* b, TResult* y)
        where TOp : struct, IPlainOp<T, TResult> where T : unmanaged where TResult : unmanaged
    {
        var range = new BinaryRange<TOp, T, TResult> { Plan = plan, A = a, B = b, Y = y };
        VectorRanges.For(workers, ref range, plan.Count);
    }

    /// <summary>y = a where the condition is not 0, else b, over the plan's operands condition, a, b.</summary>
    public static void Where<T>(Workers workers, in StridedPlan plan, byte* condition, T* a, T* b, T* y) where T : unmanaged
    {
        var range = new WhereRange<T> { Plan = plan, Condition = condition, A = a, B = b, Y = y };
        VectorRanges.For(workers, ref range, plan.Count);
    }

    /// <summary>y[i] = value.</summary>
    public static void Fill<T>(Workers workers, T value, T* y, long count) where T : unmanaged
    {
        var range = new FillRange<T> { Value = value, Y = y };
        VectorRanges.For(workers, ref range, count);
    }

    private struct BinaryRange<TOp, T, TResult> : IVectorRange
        where TOp : struct, IPlainOp<T, TResult> where T : unmanaged where TResult : unmanaged
    {
        public StridedPlan Plan;
        public T* A, B;
        public TResult* Y;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint sa = (nint)Plan.RowStride(0), sb = (nint)Plan.RowStride(1);
            StridedCursor at = Plan.Seek(begin);
            while (begin < end)
            {
                nint n = (nint)Math.Min(at.RowLeft, end - begin);
                T* a = A + at.Offset0, b = B + at.Offset1;
                for (nint i = 0; i < n; i++)
                    Y[begin + i] = TOp.Apply(a[i * sa], b[i * sb]);
                begin += n;
                at.Advance(n);
            }
        }
    }

    private struct WhereRange<T> : IVectorRange where T : unmanaged
    {
        public StridedPlan Plan;
        public byte* Condition;
        public T* A, B, Y;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint sc = (nint)Plan.RowStride(0), sa = (nint)Plan.RowStride(1), sb = (nint)Plan.RowStride(2);
            StridedCursor at = Plan.Seek(begin);
            while (begin < end)
            {
                nint n = (nint)Math.Min(at.RowLeft, end - begin);
                byte* condition = Condition + at.Offset0;
                T* a = A + at.Offset1, b = B + at.Offset2;
                for (nint i = 0; i < n; i++)
                    Y[begin + i] = condition[i * sc] != 0 ? a[i * sa] : b[i * sb];
                begin += n;
                at.Advance(n);
            }
        }
    }

    private struct FillRange<T> : IVectorRange where T : unmanaged
    {
        public T Value;
        public T* Y;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V> =>
            new Span<T>(Y + begin, (int)(end - begin)).Fill(Value);
    }
}
