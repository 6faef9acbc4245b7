using System.Numerics;
using System.Runtime.InteropServices;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Ops;

/// <summary>
/// One name for the f32 kernel and its plain f64 form, for operations that are made of several kernels and are
/// written once for both types.
/// </summary>
internal static unsafe class Typed
{
    /// <summary>C = op(A) · op(B), or C += that.</summary>
    public static void MatMul<T>(Workers workers, T* a, T* b, T* c, long m, long n, long k, bool transposeA, bool transposeB, bool accumulate, byte* workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            var args = new MatMulArgs<float>((float*)a, (float*)b, (float*)c, (nint)m, (nint)n, (nint)k, transposeA, transposeB) { Accumulate = accumulate };
            Sarsen.Tensors.Kernels.MatMul.Run(args, workers, workspace);
            return;
        }
        Sarsen.Tensors.Kernels.MatMul.Reference(new MatMulArgs<T>(a, b, c, (nint)m, (nint)n, (nint)k, transposeA, transposeB) { Accumulate = accumulate });
    }

    /// <summary>y[r, c] = x[r, c] + row[c].</summary>
    public static void AddRow<T>(Workers workers, T* x, T* row, T* y, long rows, long columns) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new Shape(rows, columns);
        var plan = new StridedPlan(shape, shape.Contiguous(), StridedPlan.Broadcast(new Shape(columns), new Shape(columns).Contiguous(), shape));
        if (typeof(T) == typeof(float))
            Binary.Forward(workers, default(Add), plan, (float*)x, (float*)row, (float*)y);
        else
            Binary.Forward(default(Add), plan, (double*)x, (double*)row, (double*)y);
    }

    /// <summary>y[i] = a[i] + b[i].</summary>
    public static void Add<T>(Workers workers, T* a, T* b, T* y, long count) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var shape = new Shape(count);
        var plan = new StridedPlan(shape, shape.Contiguous(), shape.Contiguous());
        if (typeof(T) == typeof(float))
            Binary.Forward(workers, default(Add), plan, (float*)a, (float*)b, (float*)y);
        else
            Binary.Forward(default(Add), plan, (double*)a, (double*)b, (double*)y);
    }

    /// <summary>y[c] = Σ over r of x[r, c].</summary>
    public static void SumRows<T>(Workers workers, T* x, T* y, long rows, long columns) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var reduction = new Reduction(1, rows, columns);
        if (typeof(T) == typeof(float))
            Reduce.Run(workers, default(SumOf), reduction, (float*)x, (float*)y);
        else
            Reduce.Run(default(SumOf), reduction, (double*)x, (double*)y);
    }

    public static void Copy<T>(T* from, T* to, long count) where T : unmanaged =>
        Buffer.MemoryCopy(from, to, count * sizeof(T), count * sizeof(T));

    public static void Clear<T>(T* at, long count) where T : unmanaged => NativeMemory.Clear(at, (nuint)(count * sizeof(T)));
}
