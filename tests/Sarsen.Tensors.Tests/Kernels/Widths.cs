using Sarsen.Tensors.Kernels;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Runs a kernel on every vector width of this machine and expects equal bits (NaN equals NaN).</summary>
internal static class Widths
{
    /// <summary>How many paths there are: widest first, the scalar one last.</summary>
    public static int Count { get; } = 1
        + (Vector512Lanes.IsSupported ? 1 : 0) + (Vector256Lanes.IsSupported ? 1 : 0) + (Vector128Lanes.IsSupported ? 1 : 0);

    /// <summary>The instruction set of the path that this thread's kernels take now, or the best one where that has no kernels for it.</summary>
    public static InstructionSet Set
    {
        get
        {
            ReadOnlySpan<InstructionSet> narrowing = [InstructionSet.Vector512, InstructionSet.Vector256, InstructionSet.Vector128, InstructionSet.Scalar];
            InstructionSet set = narrowing[4 - Count + VectorRanges.NarrowerBy];
            return InstructionSets.Supports(set) ? set : InstructionSets.Best;
        }
    }

    /// <param name="kernel">Returns freshly computed results.</param>
    /// <returns>The results of the scalar path, which all others equalled.</returns>
    public static float[] Agree(string what, Func<float[]> kernel)
    {
        float[]? expected = null;
        for (int by = Count - 1; by >= 0; by--)
        {
            using (VectorRanges.Narrow(by))
            {
                float[] actual = kernel();
                expected ??= actual;
                int i = FirstDifference(expected, actual);
                if (i >= 0)
                    throw new Shouldly.ShouldAssertException($"{what}: element {i} is {expected[i]:R} on the scalar path and {actual[i]:R} on one {by} narrower than the widest");
            }
        }
        return expected!;
    }

    public static int FirstDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        a.Length.ShouldBe(b.Length);
        for (int i = 0; i < a.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(a[i]) != BitConverter.SingleToInt32Bits(b[i]) && !(float.IsNaN(a[i]) && float.IsNaN(b[i])))
                return i;
        }
        return -1;
    }

    /// <summary>Standard normals of a stream named by the test.</summary>
    public static float[] Normal(long count, string stream, double deviation = 1)
    {
        var rng = new Rng(20, stream);
        float[] x = new float[count];
        for (int i = 0; i < x.Length; i++)
            x[i] = (float)(deviation * rng.Normal(i));
        return x;
    }
}
