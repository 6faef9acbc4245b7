using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The taps of one filter over padded planes: result (r, c) is <c>Σ_k weight[k] · planes[offset[k] + r · pitch + c]</c>, k
/// ascending, each step one multiply-add.
/// </summary>
internal readonly unsafe ref struct DepthwiseTaps(float* planes, nint* offsets, float* weights, nint count, nint pitch)
{
    private readonly float* _planes = planes, _weights = weights;
    private readonly nint* _offsets = offsets;
    private readonly nint _count = count;

    /// <summary>From one row of the planes to the next.</summary>
    public nint Pitch { get; } = pitch;

    /// <summary>A window of 3 × 3 neighbours, row after row, upwards or downwards: rows of the planes then serve three rows of results.</summary>
    public bool IsSquareOfThree
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        get
        {
            if (_count != 9)
                return false;
            nint down = _offsets[3] - _offsets[0], right = _offsets[1] - _offsets[0];
            bool even = down == Pitch || down == -Pitch;
            for (nint k = 0; k < 9; k++)
                even &= _offsets[k] == _offsets[0] + (k / 3 * down) + (k % 3 * right);
            return even;
        }
    }

    /// <summary>A few rows of up to sixteen columns, one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Rows<V>(nint start, nint rows, float* to, nint rowStep, nint columnStep, nint columns) where V : struct, IVector<V>
    {
        for (nint r = 0; r < rows; r++, start += Pitch, to += rowStep)
        {
            V sum = V.Create(0);
            for (nint k = 0; k < _count; k++)
                sum = V.Fma(V.Create(_weights[k]), V.Load(_planes + start + _offsets[k]), sum);
            Store(sum, to, columnStep, columns);
        }
    }

    /// <summary>Four rows of up to sixteen columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Tile<V>(nint start, float* to, nint rowStep, nint columnStep, nint columns) where V : struct, IVector<V>
    {
        V a = V.Create(0), b = a, c = a, d = a;
        float* planes = _planes + start, weights = _weights;
        nint* offsets = _offsets;
        nint pitch = Pitch, taps = _count;
        for (nint k = 0; k < taps; k++)
        {
            V weight = V.Create(weights[k]);
            float* at = planes + offsets[k];
            a = V.Fma(weight, V.Load(at), a);
            b = V.Fma(weight, V.Load(at + pitch), b);
            c = V.Fma(weight, V.Load(at + (2 * pitch)), c);
            d = V.Fma(weight, V.Load(at + (3 * pitch)), d);
        }
        Store(a, to, columnStep, columns);
        Store(b, to + rowStep, columnStep, columns);
        Store(c, to + (2 * rowStep), columnStep, columns);
        Store(d, to + (3 * rowStep), columnStep, columns);
    }

    /// <summary>The same for a window of 3 × 3: each of six rows of the planes is loaded once for all rows of results that see it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TileOfThree<V>(nint start, float* to, nint rowStep, nint columnStep, nint columns) where V : struct, IVector<V>
    {
        nint down = _offsets[3] - _offsets[0], right = _offsets[1] - _offsets[0];
        float* at = _planes + start + _offsets[0];
        if (down < 0)
        {
            // Taps go upwards: so do the rows of results, for each of which kh then ascends.
            at += 3 * Pitch;
            to += 3 * rowStep;
            rowStep = -rowStep;
        }
        float* w = _weights;
        V w0 = V.Create(w[0]), w1 = V.Create(w[1]), w2 = V.Create(w[2]), w3 = V.Create(w[3]), w4 = V.Create(w[4]);
        V w5 = V.Create(w[5]), w6 = V.Create(w[6]), w7 = V.Create(w[7]), w8 = V.Create(w[8]);
        V a = V.Create(0), b = a, c = a, d = a;

        V x = V.Load(at), y = V.Load(at + right), z = V.Load(at + (2 * right));
        a = V.Fma(w2, z, V.Fma(w1, y, V.Fma(w0, x, a)));
        at += down;
        (x, y, z) = (V.Load(at), V.Load(at + right), V.Load(at + (2 * right)));
        a = V.Fma(w5, z, V.Fma(w4, y, V.Fma(w3, x, a)));
        b = V.Fma(w2, z, V.Fma(w1, y, V.Fma(w0, x, b)));
        at += down;
        (x, y, z) = (V.Load(at), V.Load(at + right), V.Load(at + (2 * right)));
        a = V.Fma(w8, z, V.Fma(w7, y, V.Fma(w6, x, a)));
        b = V.Fma(w5, z, V.Fma(w4, y, V.Fma(w3, x, b)));
        c = V.Fma(w2, z, V.Fma(w1, y, V.Fma(w0, x, c)));
        at += down;
        (x, y, z) = (V.Load(at), V.Load(at + right), V.Load(at + (2 * right)));
        b = V.Fma(w8, z, V.Fma(w7, y, V.Fma(w6, x, b)));
        c = V.Fma(w5, z, V.Fma(w4, y, V.Fma(w3, x, c)));
        d = V.Fma(w2, z, V.Fma(w1, y, V.Fma(w0, x, d)));
        at += down;
        (x, y, z) = (V.Load(at), V.Load(at + right), V.Load(at + (2 * right)));
        c = V.Fma(w8, z, V.Fma(w7, y, V.Fma(w6, x, c)));
        d = V.Fma(w5, z, V.Fma(w4, y, V.Fma(w3, x, d)));
        at += down;
        (x, y, z) = (V.Load(at), V.Load(at + right), V.Load(at + (2 * right)));
        d = V.Fma(w8, z, V.Fma(w7, y, V.Fma(w6, x, d)));

        Store(a, to, columnStep, columns);
        Store(b, to + rowStep, columnStep, columns);
        Store(c, to + (2 * rowStep), columnStep, columns);
        Store(d, to + (3 * rowStep), columnStep, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(V value, float* to, nint step, nint columns) where V : struct, IVector<V>
    {
        if (step == 1 && columns == 16)
            value.Store(to);
        else if (step == 1)
            value.Store(to, columns);
        else
            Spread(value, to, step, columns);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Spread<V>(V value, float* to, nint step, nint columns) where V : struct, IVector<V>
    {
        float* lanes = stackalloc float[16];
        value.Store(lanes);
        for (nint i = 0; i < columns; i++)
            to[i * step] = lanes[i];
    }
}
