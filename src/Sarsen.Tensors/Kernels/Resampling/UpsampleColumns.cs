using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Where the columns of an interpolated f32 picture look, in scratch memory that all rows share: for each column of the result
/// the one before its place, the one behind it and the parts of both; for each column of the picture which of the result's look
/// at it, ascending, and by which parts.
/// </summary>
internal readonly unsafe struct UpsampleColumns
{
    private readonly int* _before, _behind;
    private readonly float* _partBefore, _partBehind;

    /// <summary>Of column w of the picture the looks _first[w] up to, not with, _first[w + 1].</summary>
    private readonly int* _first;

    private readonly UpsampleLook* _looks;
    private readonly nint _width, _outWidth;

    public static long Bytes(in Upsample2dShape shape) => ((4 * Padded(shape.OutWidth)) + Padded(shape.Width + 1) + (4 * shape.OutWidth)) * sizeof(float);

    private static long Padded(long columns) => (columns + 15) & ~15L;

    public UpsampleColumns(in Upsample2dShape shape, void* workspace)
    {
        (_width, _outWidth) = ((nint)shape.Width, (nint)shape.OutWidth);
        nint padded = (nint)Padded(_outWidth);
        _before = (int*)workspace;
        _behind = _before + padded;
        _partBefore = (float*)(_behind + padded);
        _partBehind = _partBefore + padded;
        _first = (int*)(_partBehind + padded);
        _looks = (UpsampleLook*)(_first + (nint)Padded(_width + 1));
        for (nint ow = 0; ow < padded; ow++)
        {
            // Behind the last column stand copies of it.
            (nint before, nint behind, double part) = shape.Column(nint.Min(ow, _outWidth - 1));
            (_before[ow], _behind[ow]) = ((int)before, (int)behind);
            (_partBefore[ow], _partBehind[ow]) = (1 - (float)part, (float)part);
        }
        List(shape.Interpolation == Interpolation.Nearest);
    }

    private void List(bool isNearest)
    {
        int at = 0;
        nint from = 0;
        for (nint w = 0; w < _width; w++)
        {
            _first[w] = at;
            while (from < _outWidth && _behind[from] < w)
                from++;
            for (nint ow = from; ow < _outWidth && _before[ow] <= w; ow++)
            {
                if (_before[ow] == w)
                    _looks[at++] = new UpsampleLook((int)ow, _partBefore[ow]);
                if (_behind[ow] == w && !isNearest)
                    _looks[at++] = new UpsampleLook((int)ow, _partBehind[ow]);
            }
        }
        _first[_width] = at;
    }

    /// <summary>A row of the picture at the columns of the result: the nearest of each, or between two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row<V>(float* x, float* y, bool isNearest) where V : struct, IVector<V>
    {
        for (nint ow = 0; ow < _outWidth; ow += 16)
        {
            V value = Pick<V>(x, _before + ow);
            if (!isNearest)
                value = (V.Load(_partBefore + ow) * value) + (V.Load(_partBehind + ow) * Pick<V>(x, _behind + ow));
            value.Store(y + ow, nint.Min(16, _outWidth - ow));
        }
    }

    // Sixteen places of a larger result lie among sixteen neighbours.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private V Pick<V>(float* x, int* places) where V : struct, IVector<V>
    {
        int first = places[0];
        if (places[15] - first < 16)
            return V.Permute(V.Load(x + first, nint.Min(16, _width - first)), V.SubtractBits(V.Load((float*)places), V.FromBits(first)));
        float* lanes = stackalloc float[16];
        for (nint i = 0; i < 16; i++)
            lanes[i] = x[places[i]];
        return V.Load(lanes);
    }

    /// <summary>Adds to a row of sixteen planes' gradients what a row of dy looks at it by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddNearest<V>(float* dy, float* row) where V : struct, IVector<V>
    {
        for (nint w = 0; w < _width; w++)
        {
            V sum = V.Load(row + (16 * w));
            for (nint i = _first[w]; i < _first[w + 1]; i++)
                sum += V.Load(dy + (16 * (nint)_looks[i].Column));
            sum.Store(row + (16 * w));
        }
    }

    /// <summary>Adds to two rows of sixteen planes' gradients, not the same one, what a row of dy looks at them by: <paramref name="part"/> of it is the latter's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddBetween<V>(float* dy, float part, float* above, float* below) where V : struct, IVector<V>
    {
        V partAbove = V.Create(1 - part), partBelow = V.Create(part);
        for (nint w = 0; w < _width; w++)
        {
            V a = V.Load(above + (16 * w)), b = V.Load(below + (16 * w));
            for (nint i = _first[w]; i < _first[w + 1]; i++)
            {
                V look = V.Create(_looks[i].Part), g = V.Load(dy + (16 * (nint)_looks[i].Column));
                a += look * (partAbove * g);
                b += look * (partBelow * g);
            }
            a.Store(above + (16 * w));
            b.Store(below + (16 * w));
        }
    }

    /// <summary>The same where both rows are one, the last: its elements take turns between the two parts of each column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddAtEdge<V>(float* dy, float part, float* row) where V : struct, IVector<V>
    {
        V partAbove = V.Create(1 - part), partBelow = V.Create(part);
        for (nint ow = 0; ow < _outWidth; ow++)
        {
            V g = V.Load(dy + (16 * ow)), above = partAbove * g, below = partBelow * g;
            V before = V.Create(_partBefore[ow]), behind = V.Create(_partBehind[ow]);
            float* left = row + (16 * (nint)_before[ow]), right = row + (16 * (nint)_behind[ow]);
            (V.Load(left) + (before * above)).Store(left);
            (V.Load(right) + (behind * above)).Store(right);
            (V.Load(left) + (before * below)).Store(left);
            (V.Load(right) + (behind * below)).Store(right);
        }
    }
}

/// <summary>A column of the result that looks at one of the picture, and by which part.</summary>
internal readonly record struct UpsampleLook(int Column, float Part);
