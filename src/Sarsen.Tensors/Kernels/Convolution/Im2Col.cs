using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Between a picture and the matrix whose columns are what each output position sees:
/// <code>columns[(c · KH + kh) · KW + kw, oh · OW + ow] = x[c, oh · sh − top + kh · dh, ow · sw − left + kw · dw], 0 outside</code>
/// </summary>
internal static unsafe class Im2Col
{
    /// <summary>Fills the columns of some output rows.</summary>
    /// <param name="shape">The convolution.</param>
    /// <param name="x">The first of the channels' planes.</param>
    /// <param name="channels">How many planes.</param>
    /// <param name="row">The first output row.</param>
    /// <param name="rows">How many output rows.</param>
    /// <param name="columns">(channels · KH · KW, rows · OW).</param>
    /// <param name="ld">From one of its rows to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(in Conv2dShape shape, float* x, nint channels, nint row, nint rows, float* columns, nint ld)
    {
        Window2d window = shape.Window;
        nint height = (nint)shape.Height, width = (nint)shape.Width, outWidth = (nint)shape.OutWidth, stride = (nint)window.StrideWidth;
        for (nint c = 0; c < channels; c++, x += shape.Plane)
        {
            for (nint kh = 0; kh < (nint)window.KernelHeight; kh++)
            {
                for (nint kw = 0; kw < (nint)window.KernelWidth; kw++, columns += ld)
                {
                    (nint from, nint to, nint shift) = Inside(shape, kw);
                    for (nint r = 0; r < rows; r++)
                    {
                        float* target = columns + (r * outWidth);
                        nint h = ((row + r) * (nint)window.StrideHeight) - (nint)window.PadTop + (kh * (nint)window.DilationHeight);
                        if ((nuint)h >= (nuint)height)
                        {
                            Clear(target, outWidth);
                            continue;
                        }
                        Clear(target, from);
                        Clear(target + to, outWidth - to);
                        float* source = x + (h * width) + shift;
                        if (stride == 1)
                        {
                            nint w = from;
                            for (; w <= to - Vector<float>.Count; w += Vector<float>.Count)
                                Vector.Load(source + w).Store(target + w);
                            for (; w < to; w++)
                                target[w] = source[w];
                        }
                        else
                        {
                            for (nint w = from; w < to; w++)
                                target[w] = source[w * stride];
                        }
                    }
                }
            }
        }
    }

    /// <summary>The transpose of <see cref="Gather"/> over a whole picture: adds each column element to where it came from, kh and kw ascending.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(in Conv2dShape shape, float* columns, nint ld, nint channels, float* x)
    {
        Window2d window = shape.Window;
        nint height = (nint)shape.Height, width = (nint)shape.Width, outWidth = (nint)shape.OutWidth, stride = (nint)window.StrideWidth;
        for (nint c = 0; c < channels; c++, x += shape.Plane)
        {
            Clear(x, shape.Plane);
            for (nint kh = 0; kh < (nint)window.KernelHeight; kh++)
            {
                for (nint kw = 0; kw < (nint)window.KernelWidth; kw++, columns += ld)
                {
                    (nint from, nint to, nint shift) = Inside(shape, kw);
                    for (nint r = 0; r < (nint)shape.OutHeight; r++)
                    {
                        nint h = (r * (nint)window.StrideHeight) - (nint)window.PadTop + (kh * (nint)window.DilationHeight);
                        if ((nuint)h >= (nuint)height)
                            continue;
                        float* source = columns + (r * outWidth);
                        float* target = x + (h * width) + shift;
                        if (stride == 1)
                        {
                            nint w = from;
                            for (; w <= to - Vector<float>.Count; w += Vector<float>.Count)
                                (Vector.Load(target + w) + Vector.Load(source + w)).Store(target + w);
                            for (; w < to; w++)
                                target[w] += source[w];
                        }
                        else
                        {
                            for (nint w = from; w < to; w++)
                                target[w * stride] += source[w];
                        }
                    }
                }
            }
        }
    }

    /// <summary>The output columns whose input column, <c>w · stride + shift</c>, lies in the picture, for one column of the window.</summary>
    private static (nint From, nint To, nint Shift) Inside(in Conv2dShape shape, nint kw)
    {
        nint stride = (nint)shape.Window.StrideWidth, outWidth = (nint)shape.OutWidth;
        nint shift = (kw * (nint)shape.Window.DilationWidth) - (nint)shape.Window.PadLeft;
        nint from = shift >= 0 ? 0 : nint.Min(outWidth, (-shift + stride - 1) / stride);
        nint last = (nint)shape.Width - 1 - shift;
        nint to = last < 0 ? 0 : nint.Min(outWidth, (last / stride) + 1);
        return (from, nint.Max(from, to), shift);
    }

    private static void Clear(float* target, nint count)
    {
        for (nint i = 0; i < count; i++)
            target[i] = 0;
    }
}
