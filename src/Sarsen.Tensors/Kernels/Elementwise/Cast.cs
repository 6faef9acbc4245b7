using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Conversion among all element types. To a float: rounded to nearest even. A float to an integer: its fraction falls away,
/// it saturates at the integer's ends, and NaN becomes 0 (C leaves both undefined). An integer to a narrower one: the low
/// bits, as in C and PyTorch. To bool: whether it is not 0, NaN being true. From bool: 0 or 1.
/// </summary>
/// <remarks>To BF16 goes through f64, which rounds integers beyond 2^53 first.</remarks>
public static unsafe class Cast
{
    /// <summary>y[i] = x[i] of contiguous elements that do not overlap.</summary>
    public static void Run(Workers workers, DType from, void* x, DType to, void* y, long count)
    {
        var range = new Range { From = from, To = to, X = (byte*)x, Y = (byte*)y };
        VectorRanges.For(workers, ref range, count);
    }

    /// <summary>The bits of the BF16 nearest to x, ties to even; NaN stays NaN.</summary>
    public static ushort ToBFloat16(double x)
    {
        float f = (float)x;
        uint bits = BitConverter.SingleToUInt32Bits(f);
        if (float.IsNaN(f))
            return (ushort)(bits >> 16 | 0x40);
        // Undo a rounding away from zero and keep what was cut off as a sticky last bit, so that there is one rounding.
        if (f != x && float.IsFinite(f))
        {
            if (Math.Abs((double)f) > Math.Abs(x))
                bits--;
            bits |= 1;
        }
        return (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);
    }

    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private struct Range : IVectorRange
    {
        public DType From, To;
        public byte* X, Y;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            byte* x = X + begin * From.Size(), y = Y + begin * To.Size();
            long n = end - begin;
            if (To == DType.F32 && From is DType.F16 or DType.BF16)
            {
                Widening.Run(From, (ushort*)x, (float*)y, (nint)n);
                return;
            }
            switch (From)
            {
                case DType.F32: Into((float*)x, y, n); break;
                case DType.F64: Into((double*)x, y, n); break;
                case DType.F16: Into((Half*)x, y, n); break;
                case DType.I8: Into((sbyte*)x, y, n); break;
                case DType.I16: Into((short*)x, y, n); break;
                case DType.I32: Into((int*)x, y, n); break;
                case DType.I64: Into((long*)x, y, n); break;
                case DType.U8: Into(x, y, n); break;
                case DType.U16: Into((ushort*)x, y, n); break;
                case DType.U32: Into((uint*)x, y, n); break;
                case DType.U64: Into((ulong*)x, y, n); break;
                case DType.BF16:
                    Staged((ushort*)x, y, n, &FromBFloat16);
                    break;
                case DType.Bool:
                    Staged(x, y, n, &FromBool);
                    break;
            }
        }

        private static float FromBool(byte b) => b == 0 ? 0 : 1;

        // Types without arithmetic become f32, which holds their values, a stretch at a time.
        private readonly void Staged<T>(T* x, byte* y, long n, delegate*<T, float> widen) where T : unmanaged
        {
            const int stretch = 256;
            float* wide = stackalloc float[stretch];
            for (long from = 0; from < n; from += stretch)
            {
                long count = Math.Min(stretch, n - from);
                for (long i = 0; i < count; i++)
                    wide[i] = widen(x[from + i]);
                Into(wide, y + from * To.Size(), count);
            }
        }

        private readonly void Into<T>(T* x, byte* y, long n) where T : unmanaged, INumberBase<T>
        {
            switch (To)
            {
                case DType.F32: Convert(x, (float*)y, n); break;
                case DType.F64: Convert(x, (double*)y, n); break;
                case DType.F16: Convert(x, (Half*)y, n); break;
                case DType.I8: Convert(x, (sbyte*)y, n); break;
                case DType.I16: Convert(x, (short*)y, n); break;
                case DType.I32: Convert(x, (int*)y, n); break;
                case DType.I64: Convert(x, (long*)y, n); break;
                case DType.U8: Convert(x, y, n); break;
                case DType.U16: Convert(x, (ushort*)y, n); break;
                case DType.U32: Convert(x, (uint*)y, n); break;
                case DType.U64: Convert(x, (ulong*)y, n); break;
                case DType.BF16:
                    for (long i = 0; i < n; i++)
                        ((ushort*)y)[i] = ToBFloat16(double.CreateTruncating(x[i]));
                    break;
                case DType.Bool:
                    for (long i = 0; i < n; i++)
                        y[i] = (byte)(T.IsZero(x[i]) ? 0 : 1);
                    break;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Convert<T, TTo>(T* x, TTo* y, long n) where T : unmanaged, INumberBase<T> where TTo : unmanaged, INumberBase<TTo>
        {
            // For an integer source Truncating wraps, for a float Saturating is what the contract says.
            bool isFloat = typeof(T) == typeof(float) || typeof(T) == typeof(double) || typeof(T) == typeof(Half);
            for (long i = 0; i < n; i++)
                y[i] = isFloat ? TTo.CreateSaturating(x[i]) : TTo.CreateTruncating(x[i]);
        }
    }
}
