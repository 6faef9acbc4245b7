using System.Numerics;

namespace Sarsen.Tensors.Kernels;

public static unsafe partial class Conv2d
{
    /// <summary><c>Forward</c> by the plain definition: equal bits in f32, and the f64 path of gradient checks.</summary>
    public static void ReferenceForward<T>(in Conv2dShape shape, T* x, T* weight, T* bias, T* y) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (nint n = 0; n < (nint)shape.Batch; n++)
        {
            for (nint f = 0; f < (nint)shape.Filters; f++)
            {
                for (nint position = 0; position < shape.OutPlane; position++)
                {
                    var sum = new BlockedSum<T>(shape.FilterSize);
                    nint group = f / shape.GroupFilters;
                    for (nint k = 0; k < shape.FilterSize; k++)
                        sum.Add(weight[(f * shape.FilterSize) + k], Input(shape, x, n, group, k, position));
                    y[(((n * (nint)shape.Filters) + f) * shape.OutPlane) + position] = bias == null ? sum.Total : sum.Total + bias[f];
                }
            }
        }
    }

    /// <summary><c>BackwardData</c> by the plain definition.</summary>
    public static void ReferenceBackwardData<T>(in Conv2dShape shape, T* weight, T* dy, T* dx) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Window2d window = shape.Window;
        for (nint n = 0; n < (nint)shape.Batch; n++)
        {
            for (nint c = 0; c < (nint)shape.Channels; c++)
            {
                for (nint at = 0; at < shape.Plane; at++)
                {
                    (nint h, nint w) = nint.DivRem(at, (nint)shape.Width);
                    nint taps = TapsOf(h + (nint)window.PadTop, window.KernelHeight, window.DilationHeight, window.StrideHeight)
                        * TapsOf(w + (nint)window.PadLeft, window.KernelWidth, window.DilationWidth, window.StrideWidth);
                    var sum = new BlockedSum<T>(shape.GroupFilters * taps);
                    AddSeen(shape, weight, dy, n, c, h, w, ref sum);
                    dx[(((n * (nint)shape.Channels) + c) * shape.Plane) + at] = sum.Total;
                }
            }
        }
    }

    private static void AddSeen<T>(in Conv2dShape shape, T* weight, T* dy, nint n, nint c, nint h, nint w, ref BlockedSum<T> sum) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Window2d window = shape.Window;
        (nint group, nint inGroup) = nint.DivRem(c, shape.GroupChannels);
        for (nint f = group * shape.GroupFilters; f < (group + 1) * shape.GroupFilters; f++)
        {
            for (nint tap = 0; tap < shape.KernelArea; tap++)
            {
                (nint kh, nint kw) = nint.DivRem(tap, (nint)window.KernelWidth);
                nint row = h + (nint)(window.PadTop - (kh * window.DilationHeight)), column = w + (nint)(window.PadLeft - (kw * window.DilationWidth));
                if (row % (nint)window.StrideHeight != 0 || column % (nint)window.StrideWidth != 0)
                    continue;
                (row, column) = (row / (nint)window.StrideHeight, column / (nint)window.StrideWidth);
                bool inside = (nuint)row < (nuint)shape.OutHeight && (nuint)column < (nuint)shape.OutWidth;
                T seen = inside ? dy[(((n * (nint)shape.Filters) + f) * shape.OutPlane) + (row * (nint)shape.OutWidth) + column] : T.Zero;
                sum.Add(weight[(f * shape.FilterSize) + (inGroup * shape.KernelArea) + tap], seen);
            }
        }
    }

    private static nint TapsOf(nint place, long kernel, long dilation, long stride)
    {
        nint count = 0;
        for (long tap = 0; tap < kernel; tap++)
            count += (place - (tap * dilation)) % stride == 0 ? 1 : 0;
        return count;
    }

    /// <summary><c>BackwardWeight</c> by the plain definition.</summary>
    public static void ReferenceBackwardWeight<T>(in Conv2dShape shape, T* x, T* dy, T* dweight) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (DepthwiseWeightGradient.Takes(shape))
        {
            new DepthwiseWeightGradient(shape).Reference(x, dy, dweight);
            return;
        }
        nint span = WeightGradient.SpanImages(shape);
        for (nint f = 0; f < (nint)shape.Filters; f++)
        {
            for (nint k = 0; k < shape.FilterSize; k++)
            {
                T total = T.Zero;
                for (nint first = 0; first < (nint)shape.Batch; first += span)
                    total += SpanGradient(shape, x, dy, f, k, first, nint.Min((nint)shape.Batch, first + span));
                dweight[(f * shape.FilterSize) + k] = total;
            }
        }
    }

    private static T SpanGradient<T>(in Conv2dShape shape, T* x, T* dy, nint f, nint k, nint first, nint end) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        nint images = WeightGradient.ProductImages(shape), group = f / shape.GroupFilters;
        T total = T.Zero;
        for (nint image = first; image < end; image += images)
        {
            nint last = nint.Min(end, image + images);
            var sum = new BlockedSum<T>((last - image) * shape.OutPlane, total);
            for (nint n = image; n < last; n++)
            {
                for (nint position = 0; position < shape.OutPlane; position++)
                    sum.Add(dy[(((n * (nint)shape.Filters) + f) * shape.OutPlane) + position], Input(shape, x, n, group, k, position));
            }
            total = sum.Total;
        }
        return total;
    }

    private static T Input<T>(in Conv2dShape shape, T* x, nint n, nint group, nint k, nint position) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        nint at = InputIndex(shape, n, group, k, position);
        return at < 0 ? T.Zero : x[at];
    }

    /// <summary>Where in x weight k of a filter looks from an output position; negative when outside the picture.</summary>
    private static nint InputIndex(in Conv2dShape shape, nint n, nint group, nint k, nint position)
    {
        Window2d window = shape.Window;
        (nint c, nint inKernel) = nint.DivRem(k, shape.KernelArea);
        (nint kh, nint kw) = nint.DivRem(inKernel, (nint)window.KernelWidth);
        (nint oh, nint ow) = nint.DivRem(position, (nint)shape.OutWidth);
        nint h = (nint)((oh * window.StrideHeight) - window.PadTop + (kh * window.DilationHeight));
        nint w = (nint)((ow * window.StrideWidth) - window.PadLeft + (kw * window.DilationWidth));
        bool inside = (nuint)h < (nuint)shape.Height && (nuint)w < (nuint)shape.Width;
        return inside ? (((((n * (nint)shape.Channels) + (group * shape.GroupChannels) + c) * (nint)shape.Height) + h) * (nint)shape.Width) + w : -1;
    }
}
