using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Where the rows and columns of an interpolated f32 picture look, in scratch memory that all planes share: for each of the result
/// the one before its place, the one behind it and the parts of both; for each column of the picture which of the result's look
/// at it, ascending, and by which parts.
/// </summary>
internal readonly unsafe struct UpsamplePlaces
{
    private readonly int* _before, _behind;
    private readonly float* _partBefore, _partBehind;

    /// <summary>Of column w of the picture the looks _first[w] up to, not with, _first[w + 1].</summary>
    private readonly int* _first;

    private readonly UpsampleLook* _looks;
    private readonly UpsampleRow* _rows;
    private readonly nint _width, _outWidth;
    private readonly bool _isClose;

    public static long Bytes(in Upsample2dShape shape) => (((4 * Padded(shape.OutWidth)) + Padded(shape.Width + 1) + (4 * shape.OutWidth)) * sizeof(float)) + (shape.OutHeight * sizeof(UpsampleRow));

    private static long Padded(long columns) => (columns + 15) & ~15L;

    public UpsamplePlaces(in Upsample2dShape shape, void* workspace)
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
        _isClose = IsClose();
        _rows = (UpsampleRow*)(_looks + (2 * _outWidth));
        for (nint oh = 0; oh < (nint)shape.OutHeight; oh++)
        {
            (nint before, nint behind, double part) = shape.Row(oh);
            _rows[oh] = new UpsampleRow((int)before, (int)behind, (float)part);
        }
    }

    /// <summary>Where a row of the result looks.</summary>
    public UpsampleRow At(nint oh) => _rows[oh];

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
        int* before = _before, behind = _behind;
        float* partBefore = _partBefore, partBehind = _partBehind;
        nint width = _width, outWidth = _outWidth;
        if (!_isClose || outWidth < 16)
        {
            for (nint ow = 0; ow < outWidth; ow++)
                y[ow] = isNearest ? x[before[ow]] : (partBefore[ow] * x[before[ow]]) + (partBehind[ow] * x[behind[ow]]);
            return;
        }
        for (nint block = 0; block < outWidth; block += 16)
        {
            // The last block begins earlier instead of having less.
            nint ow = nint.Min(block, outWidth - 16);
            V value = Pick<V>(x, width, before + ow);
            if (!isNearest)
                value = (V.Load(partBefore + ow) * value) + (V.Load(partBehind + ow) * Pick<V>(x, width, behind + ow));
            value.Store(y + ow);
        }
    }

    // Sixteen places among sixteen neighbours.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Pick<V>(float* x, nint width, int* places) where V : struct, IVector<V>
    {
        nint first = nint.Max(0, nint.Min(places[0], width - 16));
        V neighbours = width >= 16 ? V.Load(x + first) : V.Load(x, width);
        return V.Permute(neighbours, V.SubtractBits(V.Load((float*)places), V.FromBits((int)first)));
    }

    /// <summary>Whether any sixteen columns of the result, one beside the other, look at sixteen neighbours: so it is where the result is the larger one.</summary>
    private bool IsClose()
    {
        for (nint ow = 0; ow + 15 < _outWidth; ow++)
        {
            if (_before[ow + 15] - _before[ow] > 15 || _behind[ow + 15] - _behind[ow] > 15)
                return false;
        }
        return true;
    }

    /// <summary>Adds to a row of sixteen planes' gradients what a row of dy looks at it by.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddNearest<V>(float* dy, float* row) where V : struct, IVector<V>
    {
        UpsampleLook* look = _looks;
        for (nint w = 0; w < _width; w++, row += 16)
        {
            UpsampleLook* end = _looks + _first[w + 1];
            V sum = V.Load(row);
            for (; look < end; look++)
                sum += V.Load(dy + (16 * (nint)look->Column));
            sum.Store(row);
        }
    }

    /// <summary>Adds to two rows of sixteen planes' gradients, not the same one, what a row of dy looks at them by: <paramref name="part"/> of it is the latter's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddBetween<V>(float* dy, float part, float* above, float* below) where V : struct, IVector<V>
    {
        V partAbove = V.Create(1 - part), partBelow = V.Create(part);
        UpsampleLook* look = _looks;
        for (nint w = 0; w < _width; w++, above += 16, below += 16)
        {
            UpsampleLook* end = _looks + _first[w + 1];
            V a = V.Load(above), b = V.Load(below);
            for (; look < end; look++)
            {
                V by = V.Create(look->Part), g = V.Load(dy + (16 * (nint)look->Column));
                a += by * (partAbove * g);
                b += by * (partBelow * g);
            }
            a.Store(above);
            b.Store(below);
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

/// <summary>The row before the place of a row of the result, the one behind it, and how much of the place is the latter's.</summary>
internal readonly record struct UpsampleRow(int Before, int Behind, float Part);
