using System.Numerics;
using System.Runtime.CompilerServices;
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
    /// <summary>C = op(A) · op(B), or C += that, and then C += bias on every row unless it is null.</summary>
    public static void MatMul<T>(Workers workers, in MatMulArgs<T> args, T* bias, byte* workspace) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            ref readonly MatMulArgs<float> f32 = ref Unsafe.As<MatMulArgs<T>, MatMulArgs<float>>(ref Unsafe.AsRef(in args));
            if (bias is null)
                Sarsen.Tensors.Kernels.MatMul.Run(f32, workers, workspace);
            else
                Sarsen.Tensors.Kernels.MatMul.Run(f32, new ColumnBias((float*)bias), workers, workspace);
            return;
        }
        Sarsen.Tensors.Kernels.MatMul.Reference(args);
        for (nint i = 0; i < args.M && bias is not null; i++)
        {
            for (nint j = 0; j < args.N; j++)
                args.C[(i * args.Ldc) + j] += bias[j];
        }
    }

    /// <summary>C = op(A) · op(B), or C += that.</summary>
    public static void MatMul<T>(Workers workers, T* a, T* b, T* c, long m, long n, long k, bool transposeA, bool transposeB, bool accumulate, byte* workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        MatMul(workers, new MatMulArgs<T>(a, b, c, (nint)m, (nint)n, (nint)k, transposeA, transposeB) { Accumulate = accumulate }, null, workspace);

    /// <summary>op(B) of (k, n) as <see cref="MatMul{T}(Workers, in MatMulArgs{T}, T*, byte*)"/> reads it faster, at <paramref name="packed"/>; null in f64, which has no such form.</summary>
    public static T* Pack<T>(Workers workers, T* b, bool transposed, long n, long k, byte* packed) where T : unmanaged
    {
        if (typeof(T) != typeof(float))
            return null;
        PackedMatrix.Pack((float*)b, (nint)(transposed ? k : n), transposed, (nint)n, (nint)k, (float*)packed, workers);
        return (T*)packed;
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
