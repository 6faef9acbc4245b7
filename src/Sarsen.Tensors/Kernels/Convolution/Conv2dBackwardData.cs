using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

public static unsafe partial class Conv2d
{
    internal static void BackwardData(in Conv2dShape shape, float* weight, float* dy, float* dx, Workers workers, void* workspace, MicroKernels kernels)
    {
        if (shape.Batch == 0 || shape.Plane == 0)
            return;
        Conv2dPlan plan = Conv2dPlan.BackwardData(shape, workers);
        var job = new DataJob
        {
            Shape = shape,
            Plan = plan,
            Weight = weight,
            Dy = dy,
            Dx = dx,
            Kernels = kernels,
            Workspace = (float*)workspace,
        };
        workers.ForLanes(ref job, (int)(plan.ImageBlocks * (nint)shape.Groups * plan.ChannelBlocks));
    }

    /// <summary>weightᵀ (channels · KH · KW, filters) · dy (filters, positions) for some channels of a group and some images, scattered back.</summary>
    private struct DataJob : ILaneJob
    {
        public Conv2dShape Shape;
        public Conv2dPlan Plan;
        public float* Weight, Dy, Dx, Workspace;
        public MicroKernels Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk, int lane)
        {
            nint rest = chunk;
            (rest, nint channelBlock) = nint.DivRem(rest, Plan.ChannelBlocks);
            (nint imageBlock, nint group) = nint.DivRem(rest, (nint)Shape.Groups);
            nint image = imageBlock * Plan.Images, images = nint.Min(Plan.Images, (nint)Shape.Batch - image);
            nint channel = Shape.GroupChannels * channelBlock / Plan.ChannelBlocks;
            nint channels = (Shape.GroupChannels * (channelBlock + 1) / Plan.ChannelBlocks) - channel;
            nint positions = Shape.OutPlane, width = images * positions;
            nint imageStride = (nint)Shape.Channels * Shape.Plane, outImageStride = (nint)Shape.Filters * positions;

            float* columns = Workspace + (lane * Plan.LaneFloats), gathered = columns + Plan.ColumnFloats, scratch = gathered + Plan.GatherFloats;
            float* source = Dy + (image * outImageStride) + (group * Shape.GroupFilters * positions);
            float* target = Dx + (image * imageStride) + (((group * Shape.GroupChannels) + channel) * Shape.Plane);
            if (Plan.Images > 1)
            {
                // (images, filters, positions) → (filters, images · positions)
                for (nint i = 0; i < images; i++)
                    Blocks.Copy(source + (i * outImageStride), positions, gathered + (i * positions), width, Shape.GroupFilters, positions);
                source = gathered;
            }
            float* weight = Weight + (group * Shape.GroupFilters * Shape.FilterSize) + (channel * Shape.KernelArea);
            var product = new MatMulArgs<float>(weight, source, Plan.Direct ? target : columns, channels * Shape.KernelArea, width, Shape.GroupFilters, transposeA: true)
            {
                Lda = Shape.FilterSize,
            };
            TileProduct.RunAll(product, default(NoEpilogue), Kernels, scratch);
            for (nint i = 0; i < images && !Plan.Direct; i++)
                Im2Col.Scatter(Shape, columns + (i * positions), width, channels, target + (i * imageStride));
        }
    }
}
