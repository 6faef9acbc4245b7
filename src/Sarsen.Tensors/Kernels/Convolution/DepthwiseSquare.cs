using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A window of 3 × 3 neighbours over a plane that is padded by one, as most depthwise convolutions have it: the plane is read where it
/// lies, and what is beyond its edges are zeros made in registers. Sums are those of <see cref="DepthwiseTaps"/>, to the bit.
/// </summary>
internal readonly unsafe ref struct DepthwiseSquare(float* plane, nint height, nint width)
{
    /// <summary>Rows of a tile; a plane has at least as many.</summary>
    public const nint TileRows = 4;

    private readonly float* _plane = plane;
    private readonly nint _height = height, _width = width;

    // Lane 0 is beside the plane.
    private static ReadOnlySpan<int> OneBefore => [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];

    /// <summary>Whether the window is such a one.</summary>
    public static bool Is(in Conv2dShape shape)
    {
        Window2d window = shape.Window;
        return window is { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1, PadTop: 1, PadLeft: 1 }
            && shape.OutHeight == shape.Height && shape.OutWidth == shape.Width;
    }

    /// <summary>Whether rows of results fill vectors.</summary>
    public static bool Fills(in Conv2dShape shape) => Is(shape) && shape.Width >= 16 && shape.Height >= TileRows;

    /// <summary>Rows first … first + rows - 1 of the results, at least <see cref="TileRows"/>, to <paramref name="to"/>. In a gradient the taps go upwards and to the left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Results<V>(float* weights, bool isGradient, nint first, nint rows, float* to) where V : struct, IVector<V>
    {
        for (nint tile = 0; tile < rows; tile += TileRows)
        {
            // The last tile begins earlier instead of having less, and so does the last block: what they compute again comes out the same.
            nint row = nint.Min(tile, rows - TileRows);
            for (nint block = 0; block < _width; block += 16)
            {
                nint column = nint.Min(block, _width - 16);
                float* at = to + (row * _width) + column;
                if (isGradient)
                    Tile<V>(weights, first + row + TileRows, -1, column, at + ((TileRows - 1) * _width));
                else
                    Tile<V>(weights, first + row - 1, 1, column, at);
            }
        }
    }

    /// <summary>Four rows of sixteen columns, of which six rows of the plane, <paramref name="step"/> apart, are loaded once each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile<V>(float* w, nint row, nint step, nint column, float* to) where V : struct, IVector<V>
    {
        V w0 = V.Create(w[0]), w1 = V.Create(w[1]), w2 = V.Create(w[2]), w3 = V.Create(w[3]), w4 = V.Create(w[4]);
        V w5 = V.Create(w[5]), w6 = V.Create(w[6]), w7 = V.Create(w[7]), w8 = V.Create(w[8]);
        if (step < 0)
            (w0, w2, w3, w5, w6, w8) = (w2, w0, w5, w3, w8, w6);
        nint rowStep = step * _width;
        V a = V.Create(0), b = a, c = a, d = a;

        Load(row, column, out V x, out V y, out V z);
        a = Row(step, a, x, y, z, w0, w1, w2);
        Load(row + step, column, out x, out y, out z);
        a = Row(step, a, x, y, z, w3, w4, w5);
        b = Row(step, b, x, y, z, w0, w1, w2);
        Load(row + (2 * step), column, out x, out y, out z);
        a = Row(step, a, x, y, z, w6, w7, w8);
        b = Row(step, b, x, y, z, w3, w4, w5);
        c = Row(step, c, x, y, z, w0, w1, w2);
        a.Store(to);
        Load(row + (3 * step), column, out x, out y, out z);
        b = Row(step, b, x, y, z, w6, w7, w8);
        c = Row(step, c, x, y, z, w3, w4, w5);
        d = Row(step, d, x, y, z, w0, w1, w2);
        b.Store(to + rowStep);
        Load(row + (4 * step), column, out x, out y, out z);
        c = Row(step, c, x, y, z, w6, w7, w8);
        d = Row(step, d, x, y, z, w3, w4, w5);
        c.Store(to + (2 * rowStep));
        Load(row + (5 * step), column, out x, out y, out z);
        d = Row(step, d, x, y, z, w6, w7, w8);
        d.Store(to + (3 * rowStep));
    }

    /// <summary>Adds a row's three taps in the order of the weights: from the left in a forward pass, from the right in a gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Row<V>(nint step, V sum, V left, V middle, V right, V onLeft, V onMiddle, V onRight) where V : struct, IVector<V> => step > 0
        ? V.Fma(onRight, right, V.Fma(onMiddle, middle, V.Fma(onLeft, left, sum)))
        : V.Fma(onLeft, left, V.Fma(onMiddle, middle, V.Fma(onRight, right, sum)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Load<V>(nint row, nint column, out V left, out V middle, out V right) where V : struct, IVector<V>
    {
        if ((nuint)row >= (nuint)_height)
        {
            left = middle = right = V.Create(0);
            return;
        }
        float* at = _plane + (row * _width) + column;
        middle = V.Load(at);
        left = column > 0 ? V.Load(at - 1) : Before(middle);
        right = column < _width - 16 ? V.Load(at + 1) : V.Load(at + 1, 15);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Before<V>(V middle) where V : struct, IVector<V>
    {
        // Constant data of the assembly, which does not move.
        V lanes = V.Load((float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(OneBefore)));
        return V.Permute(middle, lanes) & (Lanes.First<V>(1) ^ V.FromBits(-1));
    }

    /// <summary>The plane from row <paramref name="first"/> of the results on, for the weight gradient.</summary>
    public Rows From(nint first) => new(_plane, _height, _width, first - 1);

    /// <summary>Rows of the plane where it lies.</summary>
    public readonly struct Rows(float* plane, nint height, nint width, nint first) : ISquareRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Load<V>(nint row, nint column, nint count, out V left, out V middle, out V right) where V : struct, IVector<V>
        {
            row += first;
            if ((nuint)row >= (nuint)height)
            {
                left = middle = right = V.Create(0);
                return;
            }
            float* at = plane + (row * width) + column;
            middle = V.Load(at, count);
            left = column > 0 ? V.Load(at - 1, count) : Before(middle);
            right = V.Load(at + 1, nint.Min(16, width - column - 1));
        }
    }
}
