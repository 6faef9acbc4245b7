using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Inputs of products with weights in blocks, as bytes: x ≈ step · q, step = max |x| / 127 of each group of 32, q the nearest
/// whole number, ties to even. A group that is not finite gets the step NaN, and with it its row's results.
/// </summary>
internal unsafe struct BlockInput
{
    /// <summary>Elements that share a step.</summary>
    public const int Group = 32;

    private const int Half = 16;

    /// <summary>1.5 · 2^23: what is added to a small number leaves its nearest whole number in the lowest bits.</summary>
    private const float Rounding = 12582912f;

    /// <summary>Elements of a row, a multiple of <see cref="Group"/>.</summary>
    public nint K;

    /// <summary>q, (rows, K).</summary>
    public sbyte* Bytes;

    /// <summary>The same as words; null where no weight needs them.</summary>
    public short* Words;

    /// <summary>(rows, K / 32).</summary>
    public float* Steps;

    /// <summary>step · Σ q of each group, (rows, K / 32), and of each half of one, (rows, K / 16).</summary>
    public float* Sums, HalfSums;

    /// <summary>Bytes of memory for so many rows.</summary>
    public static long MemoryBytes(long rows, long k, bool words) => Aligned(rows * k) + (words ? Aligned(2 * rows * k) : 0) + (2 * Aligned(rows * (k / Group) * sizeof(float))) + Aligned(rows * (k / Half) * sizeof(float));

    /// <summary>Places in memory of <see cref="MemoryBytes"/>, 64-byte aligned.</summary>
    public static BlockInput At(byte* memory, long rows, long k, bool words)
    {
        var input = new BlockInput { K = (nint)k, Bytes = (sbyte*)memory };
        memory += Aligned(rows * k);
        if (words)
        {
            input.Words = (short*)memory;
            memory += Aligned(2 * rows * k);
        }
        input.Steps = (float*)memory;
        input.Sums = (float*)(memory + Aligned(rows * (k / Group) * sizeof(float)));
        input.HalfSums = (float*)(memory + (2 * Aligned(rows * (k / Group) * sizeof(float))));
        return input;
    }

    /// <summary>Fills it.</summary>
    /// <param name="workers">Who does it.</param>
    /// <param name="x">(rows, K), <paramref name="stride"/> from row to row.</param>
    /// <param name="stride">In elements.</param>
    /// <param name="rows">How many.</param>
    public readonly void Fill(Workers workers, float* x, nint stride, long rows)
    {
        var job = new Job { Input = this, X = x, Stride = stride };
        VectorRanges.For(workers, ref job, rows, K);
    }

    private static long Aligned(long bytes) => (bytes + 63) & ~63L;

    private struct Job : IVectorRange
    {
        public BlockInput Input;
        public float* X;
        public nint Stride;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (nint row = (nint)begin; row < (nint)end; row++)
            {
                nint groups = Input.K / Group;
                for (nint g = 0; g < groups; g++)
                    One<V>(X + (row * Stride) + (g * Group), row, (row * groups) + g, g * Group);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void One<V>(float* x, nint row, nint at, nint k) where V : struct, IVector<V>
        {
            V low = V.Load(x), high = V.Load(x + Half);
            float most = Lanes.MaxOf(Lanes.Max(Lanes.Abs(low), Lanes.Abs(high)));
            float inverse = most == 0 || !float.IsFinite(most) ? 0 : 127 / most;
            sbyte* bytes = Input.Bytes + (row * Input.K) + k;
            Whole(low, inverse).StoreBytes(bytes);
            Whole(high, inverse).StoreBytes(bytes + Half);
            if (Input.Words != null)
                V.WidenBytes(bytes).Store((float*)(Input.Words + (row * Input.K) + k));

            (int first, int second) = (0, 0);
            for (int i = 0; i < Half; i++)
            {
                first += bytes[i];
                second += bytes[Half + i];
            }
            float step = float.IsFinite(most) ? most / 127 : float.NaN;
            Input.Steps[at] = step;
            Input.HalfSums[2 * at] = step * first;
            Input.HalfSums[(2 * at) + 1] = step * second;
            Input.Sums[at] = step * (first + second);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Whole<V>(V x, float inverse) where V : struct, IVector<V> =>
            V.SubtractBits(Lanes.AtLeast(Lanes.AtMost(x * V.Create(inverse), 127), -127) + V.Create(Rounding), V.Create(Rounding));
    }
}
