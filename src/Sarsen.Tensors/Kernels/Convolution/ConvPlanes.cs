using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Where the taps of a window find a picture: in the picture itself when no tap leaves it and none is skipped, else in
/// copies of its channels, padded with zeros and split into the phases of both axes.
/// </summary>
internal readonly unsafe struct ConvPlanes
{
    private readonly ConvAxis _rows, _columns;

    /// <param name="rows">The vertical axis; its outputs are the most of a chunk.</param>
    /// <param name="columns">The horizontal axis.</param>
    /// <param name="canStay">The reader reads no element that no tap sees.</param>
    public ConvPlanes(in ConvAxis rows, in ConvAxis columns, bool canStay)
    {
        (_rows, _columns) = (rows, columns);
        IsCopy = !(canStay && rows.Stride == 1 && columns.Stride == 1 && columns.IsInside);
        Pitch = IsCopy ? columns.Length : columns.Extent;
        PhaseSize = rows.Length * Pitch;
        ChannelStride = IsCopy ? rows.Phases * columns.Phases * PhaseSize : rows.Extent * columns.Extent;
    }

    public bool IsCopy { get; }

    /// <summary>From one output row's elements to the next one's.</summary>
    public nint Pitch { get; }

    /// <summary>From one channel to the next.</summary>
    public nint ChannelStride { get; }

    private nint PhaseSize { get; }

    /// <summary>What output (0, 0) sees of a channel through a tap.</summary>
    public nint Offset(nint channel, nint tapRow, nint tapColumn)
    {
        nint offset = channel * ChannelStride;
        return IsCopy
            ? offset + (((_rows.PhaseOf(tapRow) * _columns.Phases) + _columns.PhaseOf(tapColumn)) * PhaseSize) + (_rows.IndexOf(tapRow) * Pitch) + _columns.IndexOf(tapColumn)
            : offset + (tapRow * Pitch) + tapColumn;
    }

    /// <summary>The planes of some channels for the outputs from row <paramref name="firstRow"/> on: the picture itself, or <paramref name="target"/>, filled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float* Of(float* picture, nint channels, nint firstRow, float* target)
    {
        if (!IsCopy)
            return picture + (firstRow * Pitch);
        float* plane = target;
        nint extent = _rows.Extent * _columns.Extent;
        for (nint c = 0; c < channels; c++, picture += extent)
        {
            for (nint phaseRow = 0; phaseRow < _rows.Phases; phaseRow++)
            {
                (nint top, nint bottom, nint startRow) = _rows.Inside(phaseRow, firstRow, _rows.Length);
                for (nint phaseColumn = 0; phaseColumn < _columns.Phases; phaseColumn++, plane += PhaseSize)
                    FillPhase(picture, plane, top, bottom, startRow, phaseColumn);
            }
        }
        return target;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void FillPhase(float* picture, float* plane, nint top, nint bottom, nint startRow, nint phaseColumn)
    {
        nint pitch = Pitch, stride = _columns.Stride;
        (nint left, nint right, nint start) = _columns.Inside(phaseColumn, 0, pitch);
        Blocks.Clear(plane, top * pitch);
        Blocks.Clear(plane + (bottom * pitch), (_rows.Length - bottom) * pitch);
        float* source = picture + (((top * _rows.Stride) + startRow) * _columns.Extent) + (left * stride) + start;
        float* target = plane + (top * pitch) + left;
        nint count = right - left;
        for (nint r = top; r < bottom; r++, source += _rows.Stride * _columns.Extent, target += pitch)
        {
            for (nint i = -left; i < 0; i++)
                target[i] = 0;
            if (stride == 1)
                Blocks.Copy(source, target, count);
            else
            {
                for (nint i = 0; i < count; i++)
                    target[i] = source[i * stride];
            }
            for (nint i = count; i < pitch - left; i++)
                target[i] = 0;
        }
    }
}
