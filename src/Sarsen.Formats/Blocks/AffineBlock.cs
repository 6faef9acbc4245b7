using System.Runtime.CompilerServices;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// What <see cref="Q4_K"/> and <see cref="Q5_K"/> have in common: d and e (F16), then the scales s and minima m of eight
/// groups of 32 (<see cref="AffineScales"/>), then the levels. x = d · s · q - e · m.
/// </summary>
internal static unsafe class AffineBlock
{
    /// <summary>Where the levels begin.</summary>
    public const int HeaderBytes = 4 + AffineScales.Bytes;

    private const int Least = 2, Scales = 4, Group = 32, TopScale = 63;

    /// <summary>The factor and the addend of a group.</summary>
    public static (float Scale, float Offset) Read(ReadOnlySpan<byte> header, int group)
    {
        (int scale, int least) = AffineScales.Read(header[Scales..], group);
        return (BlockScale.Read(header) * scale, -(BlockScale.Read(header[Least..]) * least));
    }

    /// <summary>The factors and the addends of all eight groups.</summary>
    public static void Read(byte* header, float* scales, float* offsets)
    {
        float d = BlockScale.Read(header), e = BlockScale.Read(header + Least);
        var packed = new ReadOnlySpan<byte>(header + Scales, AffineScales.Bytes);
        for (int g = 0; g < 8; g++)
        {
            (int scale, int least) = AffineScales.Read(packed, g);
            (scales[g], offsets[g]) = (d * scale, -(e * least));
        }
    }

    /// <summary>Writes what the header says to a block's place in a row.</summary>
    public static void TakeApart(byte* header, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(header);
        row.Leasts[index] = BlockScale.Bits(header + Least);
        var packed = new ReadOnlySpan<byte>(header + Scales, AffineScales.Bytes);
        for (int g = 0; g < 8; g++)
        {
            (int scale, int least) = AffineScales.Read(packed, g);
            (row.ScaleLevels[8 * index + g], row.LeastLevels[8 * index + g]) = ((sbyte)scale, (byte)least);
        }
    }

    /// <summary>Finds scales and minima by <see cref="AffineFit"/>, writes the header, and the levels that are nearest under it.</summary>
    /// <param name="x">256 elements. An error counts by the element's size and the root mean square of its group.</param>
    /// <param name="header">Written.</param>
    /// <param name="levels">256 levels.</param>
    /// <param name="top">The highest level.</param>
    /// <param name="firstTrial">As in <see cref="AffineFit"/>.</param>
    /// <param name="trials">As in <see cref="AffineFit"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Quantise(float* x, byte* header, byte* levels, int top, float firstTrial, int trials)
    {
        float* scales = stackalloc float[8], offsets = stackalloc float[8], weights = stackalloc float[Group];
        int* scaleLevels = stackalloc int[8], offsetLevels = stackalloc int[8];
        float largestScale = 0, largestOffset = 0;
        for (int g = 0; g < 8; g++)
        {
            Weigh(x + g * Group, weights);
            scales[g] = AffineFit.Run(x + g * Group, weights, Group, top, firstTrial, trials, levels + g * Group, out offsets[g]);
            largestScale = MathF.Max(largestScale, scales[g]);
            largestOffset = MathF.Max(largestOffset, offsets[g]);
        }
        float toScale = largestScale > 0 ? TopScale / largestScale : 0, toOffset = largestOffset > 0 ? TopScale / largestOffset : 0;
        for (int g = 0; g < 8; g++)
        {
            scaleLevels[g] = BlockScale.Nearest(toScale * scales[g], 0, TopScale);
            offsetLevels[g] = BlockScale.Nearest(toOffset * offsets[g], 0, TopScale);
        }
        AffineScales.Write(header + Scales, scaleLevels, offsetLevels);
        BlockScale.Write(header, largestScale / TopScale);
        BlockScale.Write(header + Least, largestOffset / TopScale);
        for (int g = 0; g < 8; g++)
        {
            float scale = BlockScale.Read(header) * scaleLevels[g], offset = BlockScale.Read(header + Least) * offsetLevels[g];
            // A scale that vanished leaves the search's levels: they count for nothing.
            for (int i = g * Group; scale != 0 && i < (g + 1) * Group; i++)
                levels[i] = (byte)BlockScale.Nearest((x[i] + offset) / scale, 0, top);
        }
    }

    private static void Weigh(float* x, float* weights)
    {
        float squares = 0;
        for (int i = 0; i < Group; i++)
            squares += x[i] * x[i];
        float mean = MathF.Sqrt(squares / Group);
        for (int i = 0; i < Group; i++)
            weights[i] = mean + MathF.Abs(x[i]);
    }
}
