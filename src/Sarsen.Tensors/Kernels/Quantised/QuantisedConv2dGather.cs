using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

public static unsafe partial class QuantisedConv2d
{
    /// <summary>A stretch of a row of output positions within a panel.</summary>
    private struct Stretch
    {
        public long Picture;
        public nint Column, Count, Row, First;
        public uint Padding;
    }

    /// <summary>What 32 output positions see, word by word: <c>panel[(c · KH + kh) · KW + kw, j]</c>.</summary>
    /// <param name="shape">The convolution.</param>
    /// <param name="pictures">(N, C / 4, H, W) words.</param>
    /// <param name="zeros">The zero point of each picture: what padding holds.</param>
    /// <param name="position">The first output position, of all pictures one after the other.</param>
    /// <param name="panel">(K / 4, 32) words; columns behind the last position are left as they are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    private static void Gather(in Conv2dShape shape, uint* pictures, int* zeros, long position, uint* panel)
    {
        Stretch* stretches = stackalloc Stretch[PanelColumns];
        int count = Cut(shape, zeros, position, stretches);
        Window2d window = shape.Window;
        (nint height, nint width, nint stride) = ((nint)shape.Height, (nint)shape.Width, (nint)window.StrideWidth);
        for (long c = 0; c < (shape.Channels + 3) / 4; c++)
        {
            for (nint kh = 0; kh < (nint)window.KernelHeight; kh++)
            {
                for (nint kw = 0; kw < (nint)window.KernelWidth; kw++, panel += PanelColumns)
                {
                    for (int s = 0; s < count; s++)
                    {
                        ref Stretch at = ref stretches[s];
                        uint* to = panel + at.Column;
                        nint h = at.Row * (nint)window.StrideHeight - (nint)window.PadTop + kh * (nint)window.DilationHeight;
                        nint w = at.First * stride - (nint)window.PadLeft + kw * (nint)window.DilationWidth;
                        if ((nuint)h >= (nuint)height)
                        {
                            Fill(to, at.Padding, at.Count);
                            continue;
                        }
                        uint* from = pictures + (at.Picture + c) * shape.Plane + h * width;
                        if (stride == 1)
                            Copy(from, w, width, to, at.Padding, at.Count);
                        else
                        {
                            for (nint i = 0; i < at.Count; i++, w += stride)
                                to[i] = (nuint)w < (nuint)width ? from[w] : at.Padding;
                        }
                    }
                }
            }
        }
    }

    private static int Cut(in Conv2dShape shape, int* zeros, long position, Stretch* stretches)
    {
        long end = Math.Min(position + PanelColumns, shape.Batch * shape.OutPlane), words = (shape.Channels + 3) / 4;
        int count = 0;
        for (long p = position; p < end;)
        {
            (long image, long within) = Math.DivRem(p, (long)shape.OutPlane);
            (long row, long column) = Math.DivRem(within, shape.OutWidth);
            long length = Math.Min(end - p, shape.OutWidth - column);
            stretches[count++] = new Stretch
            {
                Picture = image * words,
                Column = (nint)(p - position),
                Count = (nint)length,
                Row = (nint)row,
                First = (nint)column,
                Padding = (uint)zeros[image] * 0x01010101u,
            };
            p += length;
        }
        return count;
    }

    /// <summary>to[i] = from[w + i] where that is in the row, padding elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(uint* from, nint w, nint width, uint* to, uint padding, nint count)
    {
        nint begin = w < 0 ? nint.Min(count, -w) : 0, end = nint.Clamp(width - w, begin, count);
        Fill(to, padding, begin);
        Fill(to + end, padding, count - end);
        from += w;
        nint i = begin;
        for (; i <= end - Vector<uint>.Count; i += Vector<uint>.Count)
            Vector.Load(from + i).Store(to + i);
        for (; i < end; i++)
            to[i] = from[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(uint* to, uint word, nint count)
    {
        for (nint i = 0; i < count; i++)
            to[i] = word;
    }
}
