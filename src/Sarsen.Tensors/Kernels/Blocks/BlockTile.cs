using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Many rows by one panel of sixteen outputs: levels and scales of some elements are unpacked into the nearest cache once, and
/// multiplied with four rows at a time. Terms and their order are those of single rows.
/// </summary>
internal static unsafe class BlockTile<TLevels, TScales> where TLevels : struct, ILevels where TScales : struct, IScales
{
    private const int Columns = BlockLayout.PanelRows;

    /// <summary>Groups of 32 elements that are unpacked at once: the levels of 512 elements take 8 KiB as bytes.</summary>
    private const int MostGroups = 16;

    private static int UnpackedBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TLevels.Words ? 1024 : 512;
    }

    private static int ScaleGroups
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BlockInput.Group / TScales.GroupLength;
    }

    /// <summary>Steps of one sum in i16.</summary>
    private static int Flush
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Math.Min(TLevels.StepsPerFlush, 8 / ScaleGroups);
    }

    /// <summary>Levels, scales, minima and sums.</summary>
    public static long ScratchBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (MostGroups * UnpackedBytes) + (2 * MostGroups * ScaleGroups * Columns * sizeof(float)) + (BlockLayout.MostInputRows * Columns * sizeof(float));
    }

    /// <summary>The sums of rows <paramref name="first"/> … + <paramref name="rows"/> - 1, (rows, 16), in the scratch memory.</summary>
    public static float* Run<V>(in BlockInput x, nint first, nint rows, byte* panel, byte* scratch) where V : struct, IVector<V>
    {
        byte* unpacked = scratch;
        var factors = (float*)(scratch + (MostGroups * UnpackedBytes));
        float* leasts = factors + (MostGroups * ScaleGroups * Columns), sums = leasts + (MostGroups * ScaleGroups * Columns);
        nint groups = x.K / BlockInput.Group;
        for (nint i = 0; i < rows; i++)
            V.Create(0).Store(sums + (i * Columns));
        for (nint g = 0; g < groups; g += MostGroups)
        {
            nint count = nint.Min(MostGroups, groups - g);
            Unpack<V>(panel, g, count, unpacked, factors, leasts);
            nint r = 0;
            for (; r + 4 <= rows; r += 4)
                Four<V>(x, first + r, g, count, unpacked, factors, leasts, sums + (r * Columns));
            for (; r < rows; r++)
                One<V>(x, first + r, g, count, unpacked, factors, leasts, sums + (r * Columns));
        }
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Unpack<V>(byte* panel, nint first, nint count, byte* unpacked, float* factors, float* leasts) where V : struct, IVector<V>
    {
        for (nint g = 0; g < count; g++)
        {
            byte* header = PanelPlaces<TLevels, TScales>.Header(panel, first + g), levels = PanelPlaces<TLevels, TScales>.Levels(panel, first + g), scales = levels + TLevels.GroupBytes;
            TLevels.Unpack<V>(levels, unpacked + (g * UnpackedBytes));
            for (nint s = 0; s < ScaleGroups; s++)
            {
                V scale = TScales.Scale<V>(header, scales, s);
                scale.Store(factors + (((g * ScaleGroups) + s) * Columns));
                if (TScales.HasLeast)
                    TScales.Least(header, scales, s, scale).Store(leasts + (((g * ScaleGroups) + s) * Columns));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Four<V>(in BlockInput x, nint row, nint firstGroup, nint count, byte* levels, float* factors, float* leasts, float* sums) where V : struct, IVector<V>
    {
        nint groups = x.K / BlockInput.Group, stride = TLevels.Words ? 2 * x.K : x.K, halves = ScaleGroups * groups;
        int groupBytes = TLevels.Words ? 64 : 32, steps = UnpackedBytes / 64 / ScaleGroups;
        byte* inputs = (TLevels.Words ? (byte*)x.Words : (byte*)x.Bytes) + (row * stride) + (firstGroup * groupBytes);
        float* step = x.Steps + (row * groups) + firstGroup;
        float* sum = (ScaleGroups == 1 ? x.Sums : x.HalfSums) + (row * halves) + (firstGroup * ScaleGroups);
        int* start = (ScaleGroups == 1 ? x.Starts : x.HalfStarts) + (row * halves) + (firstGroup * ScaleGroups);
        for (nint g = 0; g < count * ScaleGroups; g++)
        {
            V d0, d1, d2, d3;
            if (TLevels.Words)
            {
                (d0, d1, d2, d3) = (V.Create(0), V.Create(0), V.Create(0), V.Create(0));
                for (int s = 0; s < steps; s++, levels += 64, inputs += 4)
                {
                    V w = V.Load((float*)levels);
                    d0 = V.AddBits(d0, V.MultiplyWords(w, V.FromBits(*(int*)inputs)));
                    d1 = V.AddBits(d1, V.MultiplyWords(w, V.FromBits(*(int*)(inputs + stride))));
                    d2 = V.AddBits(d2, V.MultiplyWords(w, V.FromBits(*(int*)(inputs + (2 * stride)))));
                    d3 = V.AddBits(d3, V.MultiplyWords(w, V.FromBits(*(int*)(inputs + (3 * stride)))));
                }
            }
            else
            {
                Bytes(Flush, inputs, stride, levels, out d0, out d1, out d2, out d3);
                for (int done = Flush; done < steps; done += Flush)
                {
                    Bytes(Flush, inputs + (4 * done), stride, levels + (64 * done), out V e0, out V e1, out V e2, out V e3);
                    d0 = V.AddBits(d0, e0);
                    d1 = V.AddBits(d1, e1);
                    d2 = V.AddBits(d2, e2);
                    d3 = V.AddBits(d3, e3);
                }
                levels += 64 * steps;
                inputs += 4 * steps;
            }
            if (TScales.Offset != 0)
            {
                d0 = V.AddBits(d0, V.FromBits(start[g] >> BlockInput.StartShift(TScales.Offset)));
                d1 = V.AddBits(d1, V.FromBits(start[g + halves] >> BlockInput.StartShift(TScales.Offset)));
                d2 = V.AddBits(d2, V.FromBits(start[g + (2 * halves)] >> BlockInput.StartShift(TScales.Offset)));
                d3 = V.AddBits(d3, V.FromBits(start[g + (3 * halves)] >> BlockInput.StartShift(TScales.Offset)));
            }
            V factor = V.Load(factors + (g * Columns));
            nint at = g / ScaleGroups;
            V y0 = V.Fma(V.ToFloat(d0), factor * V.Create(step[at]), V.Load(sums));
            V y1 = V.Fma(V.ToFloat(d1), factor * V.Create(step[at + groups]), V.Load(sums + Columns));
            V y2 = V.Fma(V.ToFloat(d2), factor * V.Create(step[at + (2 * groups)]), V.Load(sums + (2 * Columns)));
            V y3 = V.Fma(V.ToFloat(d3), factor * V.Create(step[at + (3 * groups)]), V.Load(sums + (3 * Columns)));
            if (TScales.HasLeast)
            {
                V least = V.Load(leasts + (g * Columns));
                y0 = V.Fma(least, V.Create(sum[g]), y0);
                y1 = V.Fma(least, V.Create(sum[g + halves]), y1);
                y2 = V.Fma(least, V.Create(sum[g + (2 * halves)]), y2);
                y3 = V.Fma(least, V.Create(sum[g + (3 * halves)]), y3);
            }
            y0.Store(sums);
            y1.Store(sums + Columns);
            y2.Store(sums + (2 * Columns));
            y3.Store(sums + (3 * Columns));
        }
    }

    /// <summary>Σ q · x of some steps, whose sums fit i16, of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Bytes<V>(int steps, byte* x, nint stride, byte* levels, out V d0, out V d1, out V d2, out V d3) where V : struct, IVector<V>
    {
        V w = V.Load((float*)levels), ones = V.FromBits(0x00010001);
        V s0 = V.MultiplyBytes(w, V.FromBits(*(int*)x)), s1 = V.MultiplyBytes(w, V.FromBits(*(int*)(x + stride)));
        V s2 = V.MultiplyBytes(w, V.FromBits(*(int*)(x + (2 * stride)))), s3 = V.MultiplyBytes(w, V.FromBits(*(int*)(x + (3 * stride))));
        for (int s = 1; s < steps; s++)
        {
            w = V.Load((float*)(levels + (64 * s)));
            byte* at = x + (4 * s);
            s0 = V.AddWords(s0, V.MultiplyBytes(w, V.FromBits(*(int*)at)));
            s1 = V.AddWords(s1, V.MultiplyBytes(w, V.FromBits(*(int*)(at + stride))));
            s2 = V.AddWords(s2, V.MultiplyBytes(w, V.FromBits(*(int*)(at + (2 * stride)))));
            s3 = V.AddWords(s3, V.MultiplyBytes(w, V.FromBits(*(int*)(at + (3 * stride)))));
        }
        d0 = V.MultiplyWords(s0, ones);
        d1 = V.MultiplyWords(s1, ones);
        d2 = V.MultiplyWords(s2, ones);
        d3 = V.MultiplyWords(s3, ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void One<V>(in BlockInput x, nint row, nint firstGroup, nint count, byte* levels, float* factors, float* leasts, float* sums) where V : struct, IVector<V>
    {
        nint groups = x.K / BlockInput.Group, halves = ScaleGroups * groups;
        int groupBytes = TLevels.Words ? 64 : 32, steps = UnpackedBytes / 64 / ScaleGroups;
        byte* inputs = TLevels.Words ? (byte*)(x.Words + (row * x.K)) : (byte*)(x.Bytes + (row * x.K));
        inputs += firstGroup * groupBytes;
        float* step = x.Steps + (row * groups) + firstGroup;
        float* sum = (ScaleGroups == 1 ? x.Sums : x.HalfSums) + (row * halves) + (firstGroup * ScaleGroups);
        int* start = (ScaleGroups == 1 ? x.Starts : x.HalfStarts) + (row * halves) + (firstGroup * ScaleGroups);
        V ones = V.FromBits(0x00010001), y = V.Load(sums);
        for (nint g = 0; g < count * ScaleGroups; g++)
        {
            V dot = TScales.Offset != 0 ? V.FromBits(start[g] >> BlockInput.StartShift(TScales.Offset)) : V.Create(0);
            for (int s = 0; s < steps; s++, levels += 64, inputs += 4)
            {
                V w = V.Load((float*)levels), input = V.FromBits(*(int*)inputs);
                dot = V.AddBits(dot, TLevels.Words ? V.MultiplyWords(w, input) : V.MultiplyWords(V.MultiplyBytes(w, input), ones));
            }
            y = V.Fma(V.ToFloat(dot), V.Load(factors + (g * Columns)) * V.Create(step[g / ScaleGroups]), y);
            if (TScales.HasLeast)
                y = V.Fma(V.Load(leasts + (g * Columns)), V.Create(sum[g]), y);
        }
        y.Store(sums);
    }
}
