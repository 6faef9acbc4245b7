using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

    /// <summary>The rows as machine code reads them; then there is nothing else.</summary>
    public BlockTiles Tiles;

    /// <summary>q, (rows, K).</summary>
    public sbyte* Bytes;

    /// <summary>The same as words; null where no weight needs them.</summary>
    public short* Words;

    /// <summary>(rows, K / 32).</summary>
    public float* Steps;

    /// <summary>step · Σ q of each group, (rows, K / 32), and of each half of one, (rows, K / 16).</summary>
    public float* Sums, HalfSums;

    /// <summary>-128 · Σ q, as those: for levels from which something is subtracted.</summary>
    public int* Starts, HalfStarts;

    public readonly bool IsTiled => Tiles.At != null;

    /// <summary>Bytes of memory for so many rows, in tiles or not.</summary>
    public static long MemoryBytes(long rows, long k, bool words) => Math.Max(Aligned(BlockTiles.MemoryBytes(rows, k / Group)),
        Aligned(rows * k) + (words ? Aligned(2 * rows * k) : 0) + (3 * Aligned(rows * (k / Group) * sizeof(float))) + (2 * Aligned(rows * (k / Half) * sizeof(float))));

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
        long groups = Aligned(rows * (k / Group) * sizeof(float));
        input.Sums = (float*)(memory + groups);
        input.Starts = (int*)(memory + (2 * groups));
        input.HalfSums = (float*)(memory + (3 * groups));
        input.HalfStarts = (int*)((byte*)input.HalfSums + Aligned(rows * (k / Half) * sizeof(float)));
        return input;
    }

    /// <summary>The same in tiles.</summary>
    public static BlockInput TilesAt(byte* memory, long rows, long k) =>
        new() { K = (nint)k, Tiles = new BlockTiles { At = memory, Rows = (nint)rows, Groups = (nint)(k / Group) } };

    /// <summary>By so many bits -128 · Σ q is shifted right to be -offset · Σ q.</summary>
    public static int StartShift(int offset) => 7 - BitOperations.Log2((uint)offset);

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
                    One<V>(X + (row * Stride) + (g * Group), row, g);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void One<V>(float* x, nint row, nint g) where V : struct, IVector<V>
        {
            V low = V.Load(x), high = V.Load(x + Half);
            float most = Lanes.MaxOf(Lanes.Max(Lanes.Abs(low), Lanes.Abs(high)));
            bool isFinite = float.IsFinite(most);
            float inverse = most == 0 || !isFinite ? 0 : 127 / most;
            V first = Shifted(low, inverse), second = Shifted(high, inverse), shift = V.Create(Rounding);
            float step = isFinite ? most / 127 : float.NaN;
            sbyte* part = stackalloc sbyte[Group];
            V.SubtractBits(first, shift).StoreBytes(part);
            V.SubtractBits(second, shift).StoreBytes(part + Half);
            int firstSum = Sum(part), secondSum = Sum(part + Half);

            if (Input.IsTiled)
            {
                Input.Tiles.Write(row, g, part, step, firstSum, secondSum);
                return;
            }
            sbyte* bytes = Input.Bytes + (row * Input.K) + (g * Group);
            Vector128.Load(part).Store(bytes);
            Vector128.Load(part + Half).Store(bytes + Half);
            if (Input.Words != null)
                V.WidenBytes(part).Store((float*)(Input.Words + (row * Input.K) + (g * Group)));
            nint at = (row * (Input.K / Group)) + g;
            Input.Steps[at] = step;
            (Input.Sums[at], Input.HalfSums[2 * at], Input.HalfSums[(2 * at) + 1]) = (step * (firstSum + secondSum), step * firstSum, step * secondSum);
            (Input.Starts[at], Input.HalfStarts[2 * at], Input.HalfStarts[(2 * at) + 1]) = (-128 * (firstSum + secondSum), -128 * firstSum, -128 * secondSum);
        }

        /// <summary>Of sixteen.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int Sum(sbyte* q)
        {
            Vector128<sbyte> bytes = Vector128.Load(q);
            return Vector128.Sum(Vector128.WidenLower(bytes) + Vector128.WidenUpper(bytes));
        }

        /// <summary>x / step, rounded, plus <see cref="Rounding"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Shifted<V>(V x, float inverse) where V : struct, IVector<V> =>
            Lanes.AtLeast(Lanes.AtMost(x * V.Create(inverse), 127), -127) + V.Create(Rounding);
    }
}
