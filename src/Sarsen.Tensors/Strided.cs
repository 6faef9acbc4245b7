using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors;

/// <summary>The copy of a view that every operation can fall back on, whatever its elements.</summary>
internal static unsafe class Strided
{
    /// <summary>Copies the elements at <paramref name="from"/> row-major to <paramref name="to"/>, where they lie without gaps.</summary>
    public static void Copy(Workers workers, byte* from, in Shape shape, in Shape strides, int size, byte* to)
    {
        if (shape.Count == 0)
            return;
        if (Tensor.IsContiguousAs(shape, strides))
        {
            Copies.Run(workers, from, to, shape.Count * size);
            return;
        }
        var plan = new StridedPlan(shape, strides);
        switch (size)
        {
            case 1:
                StridedCopy.ToContiguous(workers, plan, from, to);
                break;
            case 2:
                StridedCopy.ToContiguous(workers, plan, (short*)from, (short*)to);
                break;
            case 4:
                StridedCopy.ToContiguous(workers, plan, (int*)from, (int*)to);
                break;
            default:
                StridedCopy.ToContiguous(workers, plan, (long*)from, (long*)to);
                break;
        }
    }
}
