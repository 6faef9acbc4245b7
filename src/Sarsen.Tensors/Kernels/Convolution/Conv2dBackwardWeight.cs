using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

public static unsafe partial class Conv2d
{
    internal static void BackwardWeight(in Conv2dShape shape, float* x, float* dy, float* dweight, Workers workers, void* workspace, MicroKernels kernels)
    {
        if (shape.Batch == 0 || shape.OutPlane == 0)
        {
            for (long i = 0; i < shape.WeightCount; i++)
                dweight[i] = 0;
            return;
        }
        Conv2dPlan plan = Conv2dPlan.BackwardWeight(shape, workers);
        var job = new WeightJob
        {
            Shape = shape,
            Plan = plan,
            X = x,
            Dy = dy,
            Dweight = dweight,
            Kernels = kernels,
            Workspace = (float*)workspace,
            Partials = (float*)workspace + (plan.LaneFloats * workers.Count),
        };
        workers.ForLanes(ref job, (int)(plan.ImageBlocks * (nint)shape.Groups * plan.ChannelBlocks));
        if (plan.ImageBlocks > 1)
        {
            var sum = new SpanSumJob { Dweight = dweight, Partials = job.Partials, Count = (nint)shape.WeightCount, Spans = plan.ImageBlocks };
            workers.For(ref sum, (int)Conv2dPlan.Ceiling(sum.Count, SpanSumJob.ChunkLength));
        }
    }

    /// <summary>dy (filters, images · positions) · columnsᵀ for some channels of a group, over one span of images.</summary>
    private struct WeightJob : ILaneJob
    {
        public Conv2dShape Shape;
        public Conv2dPlan Plan;
        public float* X, Dy, Dweight, Workspace, Partials;
        public MicroKernels Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk, int lane)
        {
            nint rest = chunk;
            (rest, nint channelBlock) = nint.DivRem(rest, Plan.ChannelBlocks);
            (nint span, nint group) = nint.DivRem(rest, (nint)Shape.Groups);
            nint channel = Shape.GroupChannels * channelBlock / Plan.ChannelBlocks;
            nint channels = (Shape.GroupChannels * (channelBlock + 1) / Plan.ChannelBlocks) - channel;
            nint length = Conv2dPlan.SpanImages(Shape), first = span * length, end = nint.Min((nint)Shape.Batch, first + length);
            float* target = span == 0 ? Dweight : Partials + ((span - 1) * (nint)Conv2dPlan.Aligned(Shape.WeightCount));
            target += (group * Shape.GroupFilters * Shape.FilterSize) + (channel * Shape.KernelArea);
            for (nint image = first; image < end; image += Plan.Images)
                AddProduct(image, nint.Min(Plan.Images, end - image), group, channel, channels, target, accumulate: image > first, lane);
        }

        private readonly void AddProduct(nint image, nint images, nint group, nint channel, nint channels, float* target, bool accumulate, int lane)
        {
            nint positions = Shape.OutPlane, width = images * positions;
            nint imageStride = (nint)Shape.Channels * Shape.Plane, outImageStride = (nint)Shape.Filters * positions;
            float* columns = Workspace + (lane * Plan.LaneFloats), gathered = columns + Plan.ColumnFloats, scratch = gathered + Plan.GatherFloats;
            float* source = X + (image * imageStride) + (((group * Shape.GroupChannels) + channel) * Shape.Plane);
            float* gradient = Dy + (image * outImageStride) + (group * Shape.GroupFilters * positions);
            if (Plan.Direct)
                columns = source;
            for (nint i = 0; i < images; i++)
            {
                if (!Plan.Direct)
                    Im2Col.Gather(Shape, source + (i * imageStride), channels, 0, (nint)Shape.OutHeight, columns + (i * positions), width);
                if (Plan.Images > 1)
                    Blocks.Copy(gradient + (i * outImageStride), positions, gathered + (i * positions), width, Shape.GroupFilters, positions);
            }
            var product = new MatMulArgs<float>(
                Plan.Images > 1 ? gathered : gradient, columns, target, Shape.GroupFilters, channels * Shape.KernelArea, width, transposeB: true)
            {
                Ldc = Shape.FilterSize,
                Accumulate = accumulate,
            };
            TileProduct.RunAll(product, default(NoEpilogue), Kernels, scratch);
        }
    }

    /// <summary>dweight += the sums of the later spans, ascending.</summary>
    private struct SpanSumJob : IChunkJob
    {
        public const int ChunkLength = 16 * 1024;

        public float* Dweight, Partials;
        public nint Count, Spans;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            nint from = (nint)chunk * ChunkLength, count = nint.Min(ChunkLength, Count - from);
            for (nint span = 1; span < Spans; span++)
                Blocks.Add(Partials + ((span - 1) * (nint)Conv2dPlan.Aligned(Count)) + from, Dweight + from, count);
        }
    }
}
