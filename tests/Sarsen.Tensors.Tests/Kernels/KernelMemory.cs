using Sarsen.Tensors.Tests.Memory;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>
/// Operands of one kernel call, each between pages that no access is allowed to, at its end or at its beginning: ends
/// that are guarded make starts that are not aligned.
/// </summary>
internal sealed unsafe class KernelMemory(bool atEnd = true) : IDisposable
{
    private const int PooledBytes = 65536;

    // Mapping and guarding pages costs more than most kernels: a thread keeps those of the usual size.
    [ThreadStatic]
    private static Stack<GuardedBuffer<byte>>? t_pool;

    private readonly List<GuardedBuffer<byte>> _buffers = [];

    /// <summary>Lengths around the sixteen lanes, their half and their multiples.</summary>
    public static int[] Lengths { get; } = [0, 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100];

    /// <summary>Values at which kernels go wrong.</summary>
    public static float[] Special { get; } =
    [
        0, -0f, 1, -1, 0.5f, -3, float.Epsilon, -float.Epsilon, 1e-40f, 1.17549435e-38f, float.MaxValue, float.MinValue, 3e38f,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1e-20f, 1e20f, 16777216, 0.1f,
    ];

    public T* Put<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        T* at = New<T>(values.Length);
        values.CopyTo(new Span<T>(at, values.Length));
        return at;
    }

    public float* Put(float[] values) => Put<float>(values);

    public long* Put(long[] values) => Put<long>(values);

    /// <summary>Zeros, or what lies in <paramref name="fill"/>: results must not depend on it.</summary>
    public T* New<T>(long count, T fill = default) where T : unmanaged
    {
        long bytes = count * sizeof(T);
        GuardedBuffer<byte> buffer = bytes > PooledBytes ? new(bytes, atEnd) : t_pool?.TryPop(out GuardedBuffer<byte>? pooled) == true ? pooled : new(PooledBytes);
        _buffers.Add(buffer);
        byte* at = buffer.Pointer + (atEnd ? buffer.Count - bytes : 0);
        new Span<T>(at, (int)count).Fill(fill);
        return (T*)at;
    }

    public static T[] Read<T>(T* from, long count) where T : unmanaged => new Span<T>(from, (int)count).ToArray();

    public static double[] Wide(float[] values) => Array.ConvertAll(values, v => (double)v);

    /// <summary>Runs the kernel on every width with both kinds of guard, and returns the bits that all agreed on.</summary>
    public static float[] Agree(string what, Func<KernelMemory, float[]> kernel)
    {
        float[] expected = Widths.Agree(what, () => Run(atEnd: true));
        Widths.FirstDifference(expected, Run(atEnd: false)).ShouldBe(-1, $"{what}: bits depend on the alignment");
        return expected;

        float[] Run(bool atEnd)
        {
            using var memory = new KernelMemory(atEnd);
            return kernel(memory);
        }
    }

    /// <summary>Within a part of the largest expected value, or of one.</summary>
    public static void Close(string what, float[] actual, double[] expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length, what);
        double scale = expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int i = 0; i < actual.Length; i++)
        {
            bool equal = double.IsNaN(expected[i]) ? float.IsNaN(actual[i])
                : double.IsInfinity(expected[i]) ? actual[i] == expected[i]
                : Math.Abs(actual[i] - expected[i]) <= tolerance * Math.Max(1, scale);
            if (!equal)
                throw new ShouldAssertException($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }

    public void Dispose()
    {
        foreach (GuardedBuffer<byte> buffer in _buffers)
        {
            if (buffer.Count == PooledBytes)
                (t_pool ??= []).Push(buffer);
            else
                buffer.Dispose();
        }
    }
}
