using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A picture cut into tiles, each a step further than the one before, which may overlap and reach beyond the picture, where
/// zeros lie. Sixteen channels are turned side by side, and each of their tiles goes through a transform.
/// </summary>
/// <param name="Channels">All of a picture's.</param>
/// <param name="Height">Of the picture.</param>
/// <param name="Width">Of the picture.</param>
/// <param name="Top">Rows of zeros above it that the first tiles begin with; where negative, rows that are left out.</param>
/// <param name="Left">The same of columns.</param>
/// <param name="Step">From a tile to the next.</param>
/// <param name="Rows">Of tiles.</param>
/// <param name="Columns">Of tiles.</param>
internal readonly record struct WinogradTiles(nint Channels, nint Height, nint Width, nint Top, nint Left, nint Step, nint Rows, nint Columns)
{
    /// <summary>Channels that lie side by side.</summary>
    public const int Group = 16;

    /// <summary>Floats of a band: what <paramref name="rows"/> rows of tiles of that size see, sixteen channels.</summary>
    public nint BandFloats(nint rows, nint size) => (nint.Min(Height, (rows * Step) + size) * Width * Group) + Packing.Spill;

    /// <summary>Transforms sixteen channels of some rows of tiles.</summary>
    /// <param name="picture">Its first element.</param>
    /// <param name="channel">The first of the sixteen; fewer at the end, where the remaining lanes hold what does not matter.</param>
    /// <param name="firstRow">Of tiles.</param>
    /// <param name="rows">How many.</param>
    /// <param name="band"><see cref="BandFloats"/> to work in.</param>
    /// <param name="target">The first element of the first tile's transform.</param>
    /// <param name="tileStep">To the next tile.</param>
    /// <param name="step">To the next element.</param>
    /// <param name="lanes">Of the instruction set.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public unsafe void Transform<V, TTransform>(float* picture, nint channel, nint firstRow, nint rows, float* band, float* target, nint tileStep, nint step, int lanes)
        where V : struct, IVector<V>
        where TTransform : struct, ITileTransform
    {
        float* edge = stackalloc float[TTransform.Size * TTransform.Size * Group];
        nint top = nint.Max(0, (firstRow * Step) - Top), bottom = nint.Min(Height, ((firstRow + rows - 1) * Step) + TTransform.Size - Top);
        if (bottom > top)
            Packing.Transpose(picture + (((channel * Height) + top) * Width), Height * Width, nint.Min(Group, Channels - channel), (bottom - top) * Width, band, Group, lanes);
        for (nint tileRow = firstRow; tileRow < firstRow + rows; tileRow++)
        {
            nint row = (tileRow * Step) - Top;
            for (nint tileColumn = 0; tileColumn < Columns; tileColumn++, target += tileStep)
            {
                nint column = (tileColumn * Step) - Left;
                float* pixels = band + ((((row - top) * Width) + column) * Group);
                if (row >= 0 && column >= 0 && row + TTransform.Size <= Height && column + TTransform.Size <= Width)
                    TTransform.Run<V>(pixels, Width * Group, target, step);
                else
                {
                    CopyEdge<V>(pixels, row, column, TTransform.Size, edge);
                    TTransform.Run<V>(edge, TTransform.Size * Group, target, step);
                }
            }
        }
    }

    /// <summary>A tile that reaches beyond the picture, with zeros there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private unsafe void CopyEdge<V>(float* pixels, nint row, nint column, nint size, float* edge) where V : struct, IVector<V>
    {
        for (nint i = 0; i < size; i++, pixels += Width * Group)
        {
            bool isRow = (nuint)(row + i) < (nuint)Height;
            for (nint j = 0; j < size; j++, edge += Group)
                (isRow && (nuint)(column + j) < (nuint)Width ? V.Load(pixels + (j * Group)) : V.Create(0)).Store(edge);
        }
    }

    /// <summary>The way back: target[c · plane + i] = pixels[i · 16 + c] for i below count and c below channels; nothing else is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static unsafe void ToPlanes(float* pixels, nint count, nint channels, float* target, nint plane, int lanes)
    {
        nint strip = Packing.StripOf(lanes);
        if (lanes < 8 || count < strip || channels < Group)
        {
            for (nint c = 0; c < channels; c++)
            {
                for (nint i = 0; i < count; i++)
                    target[(c * plane) + i] = pixels[(i * Group) + c];
            }
            return;
        }
        for (nint i = 0; i < count; i += strip)
        {
            // The last strip begins earlier instead of being shorter.
            nint at = nint.Min(i, count - strip);
            Packing.Strip(pixels + (at * Group), Group, strip, Group / strip, target + at, plane, strip);
        }
    }
}
