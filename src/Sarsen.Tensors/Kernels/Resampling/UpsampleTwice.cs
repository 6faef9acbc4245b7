using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The gradient of <see cref="Upsample2d"/> to the nearest of twice the size in f32: each element sums its four, row by row,
/// <c>dx = (((0 + a) + b) + c) + d</c>, sixteen at a time. An item of work is a plane.
/// </summary>
internal unsafe struct UpsampleTwice : IVectorRange
{
    public Upsample2dShape Shape;
    public float* Dy, Dx;

    public static bool Is(in Upsample2dShape shape) => shape.Interpolation == Interpolation.Nearest && shape.Width >= 16
        && shape.OutHeight == 2 * shape.Height && shape.OutWidth == 2 * shape.Width && shape.StepHeight == 0.5 && shape.StepWidth == 0.5;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
    {
        nint width = (nint)Shape.Width, height = (nint)Shape.Height;
        float* dx = Dx + ((nint)begin * Shape.Plane), dy = Dy + ((nint)begin * Shape.OutPlane);
        V zero = V.Create(0);
        for (nint row = (nint)begin * height; row < (nint)end * height; row++, dx += width, dy += 4 * width)
        {
            for (nint block = 0; block < width; block += 16)
            {
                // The last block begins earlier instead of having less.
                nint w = nint.Min(block, width - 16);
                V.LoadPairs(dy + (2 * w), out V a, out V b);
                V.LoadPairs(dy + (2 * width) + (2 * w), out V c, out V d);
                (zero + a + b + c + d).Store(dx + w);
            }
        }
    }
}
