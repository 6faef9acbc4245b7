using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

public static unsafe partial class Conv2d
{
    /// <summary>
    /// dbias[f] = Σ_n Σ_{oh, ow} dy[n, f, oh, ow]. A picture's row of positions is summed in 16 lanes, element i in lane
    /// i mod 16, which are added as a tree (8 + 8, 4 + 4, 2 + 2, 1 + 1); pictures are added ascending in f64.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">(Batch, Filters, OutHeight, OutWidth)</param>
    /// <param name="dbias">(Filters), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    public static void BackwardBias(in Conv2dShape shape, float* dy, float* dbias, Workers workers)
    {
        var range = new BiasRange { Shape = shape, Dy = dy, Dbias = dbias };
        VectorRanges.For(workers, ref range, shape.Filters, shape.Batch * (16 + shape.OutPlane));
    }

    /// <summary><see cref="BackwardBias"/> by the plain definition.</summary>
    public static void ReferenceBackwardBias<T>(in Conv2dShape shape, T* dy, T* dbias) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* lanes = stackalloc T[16];
        for (nint f = 0; f < (nint)shape.Filters; f++)
        {
            double total = 0;
            for (nint n = 0; n < (nint)shape.Batch; n++)
            {
                new Span<T>(lanes, 16).Clear();
                for (nint i = 0; i < shape.OutPlane; i++)
                    lanes[i % 16] += dy[(((n * (nint)shape.Filters) + f) * shape.OutPlane) + i];
                for (int half = 8; half > 0; half /= 2)
                {
                    for (int i = 0; i < half; i++)
                        lanes[i] += lanes[i + half];
                }
                total += double.CreateTruncating(lanes[0]);
            }
            dbias[f] = T.CreateTruncating(total);
        }
    }

    private struct BiasRange : IVectorRange
    {
        /// <summary>Pictures that are summed side by side: one sum would wait for itself.</summary>
        private const int Pictures = 4;

        public Conv2dShape Shape;
        public float* Dy, Dbias;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint batch = (nint)Shape.Batch, plane = Shape.OutPlane, step = (nint)Shape.Filters * plane;
            for (nint filter = (nint)begin; filter < (nint)end; filter++)
            {
                float* dy = Dy + (filter * plane);
                double total = 0;
                nint n = 0;
                for (; n <= batch - Pictures; n += Pictures, dy += Pictures * step)
                    total = Add<V>(dy, step, plane, total);
                for (; n < batch; n++, dy += step)
                    total += Tree(Lanes<V>(dy, plane));
                Dbias[filter] = (float)total;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static double Add<V>(float* dy, nint step, nint count, double total) where V : struct, IVector<V>
        {
            float* dy1 = dy + step, dy2 = dy1 + step, dy3 = dy2 + step;
            V sum = V.Create(0), sum1 = sum, sum2 = sum, sum3 = sum;
            nint i = 0;
            for (; i <= count - 16; i += 16)
            {
                sum += V.Load(dy + i);
                sum1 += V.Load(dy1 + i);
                sum2 += V.Load(dy2 + i);
                sum3 += V.Load(dy3 + i);
            }
            if (i < count)
            {
                sum += V.Load(dy + i, count - i);
                sum1 += V.Load(dy1 + i, count - i);
                sum2 += V.Load(dy2 + i, count - i);
                sum3 += V.Load(dy3 + i, count - i);
            }
            return total + Tree(sum) + Tree(sum1) + Tree(sum2) + Tree(sum3);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static V Lanes<V>(float* row, nint count) where V : struct, IVector<V>
        {
            V sum = V.Create(0);
            nint i = 0;
            for (; i <= count - 16; i += 16)
                sum += V.Load(row + i);
            return i < count ? sum + V.Load(row + i, count - i) : sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static float Tree<V>(V sum) where V : struct, IVector<V>
        {
            float* lanes = stackalloc float[16];
            sum.Store(lanes);
            Vector128<float> four = (Vector128.Load(lanes) + Vector128.Load(lanes + 8)) + (Vector128.Load(lanes + 4) + Vector128.Load(lanes + 12));
            return (four[0] + four[2]) + (four[1] + four[3]);
        }
    }
}
