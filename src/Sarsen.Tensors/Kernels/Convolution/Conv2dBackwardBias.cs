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
        var job = new BiasJob { Shape = shape, Dy = dy, Dbias = dbias };
        workers.For(ref job, (int)shape.Filters);
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

    private struct BiasJob : IChunkJob
    {
        public Conv2dShape Shape;
        public float* Dy, Dbias;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            double total = 0;
            for (nint n = 0; n < (nint)Shape.Batch; n++)
                total += RowSum(Dy + (((n * (nint)Shape.Filters) + chunk) * Shape.OutPlane), Shape.OutPlane);
            Dbias[chunk] = (float)total;
        }

        private static float RowSum(float* row, nint count)
        {
            Vector512<float> lanes = Vector512<float>.Zero;
            nint i = 0;
            for (; i <= count - 16; i += 16)
                lanes += Vector512.Load(row + i);
            if (i < count)
            {
                float* rest = stackalloc float[16];
                for (int j = 0; j < 16; j++)
                    rest[j] = lanes[j] + (i + j < count ? row[i + j] : 0);
                lanes = Vector512.Load(rest);
            }
            Vector256<float> eight = lanes.GetLower() + lanes.GetUpper();
            Vector128<float> four = eight.GetLower() + eight.GetUpper();
            Vector64<float> two = four.GetLower() + four.GetUpper();
            return two[0] + two[1];
        }
    }
}
