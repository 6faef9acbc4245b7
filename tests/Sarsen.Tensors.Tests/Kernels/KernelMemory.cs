using System.Runtime.InteropServices;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Tests.Memory;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>
/// Operands of one kernel call, each between pages that no access is allowed to, at its end or at its beginning: ends
/// that are guarded make starts that are not aligned.
/// </summary>
internal sealed unsafe class KernelMemory(bool atEnd = true) : IDisposable
{
    private const long PoolUnit = 65536, PooledBytes = 32 * PoolUnit;

    // A workspace may be scribbled on to its last byte, and not behind it: so much behind it tells.
    private const byte Unused = 0xA5;

    // Mapping and guarding pages costs more than most kernels: a thread keeps those of the usual sizes.
    [ThreadStatic]
    private static Stack<GuardedBuffer<byte>>?[]? t_pools;

    private static readonly float[] s_values = Widths.Normal(8192, "values");

    private readonly List<GuardedBuffer<byte>> _buffers = [];
    private readonly List<Func<byte[]>> _results = [];
    private readonly List<(nint At, int Count)> _unused = [];
    private int _run;

    /// <summary>All lengths up to 200: no kernel reads or writes outside its buffers at any of them.</summary>
    public static int[] Lengths { get; } = [.. Enumerable.Range(0, 201)];

    /// <summary>Of these the ones around the sixteen lanes, their half and their multiples, for sizes that vary together.</summary>
    public static int[] Corners { get; } = [0, 1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 100];

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
        T* at = (T*)Take(count * sizeof(T));
        new Span<T>(at, (int)count).Fill(fill);
        return at;
    }

    /// <summary>Standard normals, other ones for each operand.</summary>
    public float* Values(long count)
    {
        float* at = (float*)Take(count * sizeof(float));
        for (int i = 0, from = _buffers.Count * 977 % s_values.Length; i < count; from = 0)
        {
            int n = Math.Min((int)count - i, s_values.Length - from);
            s_values.AsSpan(from, n).CopyTo(new Span<float>(at + i, n));
            i += n;
        }
        return at;
    }

    /// <summary>Absolute values of standard normals, none of them zero.</summary>
    public float* Positive(long count)
    {
        float* at = Values(count);
        for (long i = 0; i < count; i++)
            at[i] = Math.Abs(at[i]) + 0.01f;
        return at;
    }

    /// <summary>Numbers from 0 up to, not with, <paramref name="below"/>.</summary>
    public long* Indices(long count, long below)
    {
        long* at = New<long>(count);
        for (long i = 0; i < count; i++)
            at[i] = i * 7 % below;
        return at;
    }

    /// <summary>What the kernel computes: <see cref="StaysInside"/> expects the same bits of it in every run, and another content before each.</summary>
    public T* Result<T>(long count) where T : unmanaged
    {
        byte* at = Take(count * sizeof(T));
        int bytes = (int)count * sizeof(T);
        new Span<byte>(at, bytes).Fill((byte)(0x3E + _run));
        _results.Add(() =>
        {
            byte[] result = new Span<byte>(at, bytes).ToArray();
            if (typeof(T) == typeof(float))
            {
                foreach (ref float value in MemoryMarshal.Cast<byte, float>(result.AsSpan()))
                    value = float.IsNaN(value) ? float.NaN : value;
            }
            return result;
        });
        return (T*)at;
    }

    /// <summary>A workspace, 64-byte aligned, that holds what others left there.</summary>
    public byte* Scratch(long bytes, byte fill = 0xFF)
    {
        long whole = (bytes + 63) / 64 * 64;
        byte* at = Take(whole);
        new Span<byte>(at, (int)bytes).Fill(fill);
        new Span<byte>(at + bytes, (int)(whole - bytes)).Fill(Unused);
        _unused.Add(((nint)at + (nint)bytes, (int)(whole - bytes)));
        return at;
    }

    public static T[] Read<T>(T* from, long count) where T : unmanaged => new Span<T>(from, (int)count).ToArray();

    public static double[] Wide(float[] values) => Array.ConvertAll(values, v => (double)v);

    /// <summary>Runs the kernel on every width, the scalar one first, each with both kinds of guard.</summary>
    /// <param name="what">For messages.</param>
    /// <param name="kernel">What to run.</param>
    /// <param name="widths">False for a kernel that has no vectors: only both guards then.</param>
    public static void Everywhere(string what, Action<KernelMemory> kernel, bool widths = true)
    {
        for (int by = widths ? Widths.Count - 1 : 0, run = 0; by >= 0; by--)
        {
            foreach (bool atEnd in (ReadOnlySpan<bool>)[true, false])
            {
                using VectorRanges.Narrower narrower = VectorRanges.Narrow(by);
                using var memory = new KernelMemory(atEnd) { _run = run++ };
                kernel(memory);
                foreach ((nint at, int count) in memory._unused)
                    new Span<byte>((byte*)at, count).ContainsAnyExcept(Unused).ShouldBeFalse($"{what}: it wrote behind its workspace");
            }
        }
    }

    /// <summary>Runs the kernel on every width with both kinds of guard, and returns the bits that all agreed on.</summary>
    public static float[] Agree(string what, Func<KernelMemory, float[]> kernel)
    {
        float[]? expected = null;
        Everywhere(what, memory =>
        {
            float[] actual = kernel(memory);
            expected ??= actual;
            int i = Widths.FirstDifference(expected, actual);
            if (i >= 0)
                throw new ShouldAssertException($"{what}: element {i} is {expected[i]:R} on the scalar path and {actual[i]:R} on one {VectorRanges.NarrowerBy} narrower than the widest, guarded at its {memory.Side}");
        });
        return expected!;
    }

    /// <summary>Runs the kernel as <see cref="Everywhere"/> does; what it was given as <see cref="Result"/> must hold the same in the end.</summary>
    public static void StaysInside(string what, Action<KernelMemory> kernel, bool widths = true)
    {
        byte[][]? expected = null;
        Everywhere(what, memory =>
        {
            kernel(memory);
            byte[][] actual = [.. memory._results.Select(r => r())];
            expected ??= actual;
            for (int i = 0; i < actual.Length; i++)
            {
                int at = actual[i].AsSpan().CommonPrefixLength(expected[i]);
                if (at < actual[i].Length)
                    throw new ShouldAssertException($"{what}: result {i} has other bits from byte {at} on, {VectorRanges.NarrowerBy} narrower than the widest and guarded at its {memory.Side}");
            }
        }, widths);
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
            if (buffer.Count <= PooledBytes)
                Pool(buffer.Count).Push(buffer);
            else
                buffer.Dispose();
        }
    }

    private string Side => atEnd ? "end" : "beginning";

    private byte* Take(long bytes)
    {
        long whole = Math.Max(PoolUnit, (bytes + PoolUnit - 1) / PoolUnit * PoolUnit);
        GuardedBuffer<byte> buffer = whole <= PooledBytes && Pool(whole).TryPop(out GuardedBuffer<byte>? pooled) ? pooled : new(whole);
        _buffers.Add(buffer);
        return buffer.Pointer + (atEnd ? whole - bytes : 0);
    }

    private static Stack<GuardedBuffer<byte>> Pool(long whole) => (t_pools ??= new Stack<GuardedBuffer<byte>>[PooledBytes / PoolUnit + 1])[whole / PoolUnit] ??= [];
}
