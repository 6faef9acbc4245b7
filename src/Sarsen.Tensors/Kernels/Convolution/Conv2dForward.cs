using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

public static unsafe partial class Conv2d
{
    internal static void RunForward<TEpilogue>(
        in Conv2dShape shape, float* x, float* weight, float* bias, float* y, TEpilogue epilogue, Workers workers, void* workspace, MicroKernels kernels)
        where TEpilogue : struct, IEpilogue
    {
        if (shape.Batch == 0 || shape.OutPlane == 0)
            return;
        Conv2dPlan plan = Conv2dPlan.Forward(shape, workers);
        var job = new ForwardJob<TEpilogue>
        {
            Shape = shape,
            Plan = plan,
            X = x,
            Weight = weight,
            Y = y,
            Epilogue = epilogue,
            Kernels = kernels,
            Workspace = (float*)workspace,
        };
        workers.ForLanes(ref job, (int)(plan.ImageBlocks * (nint)shape.Groups * plan.RowBlocks * plan.FilterBlocks));
    }

    /// <summary>weight (filters, K) · columns (K, positions) for some filters of a group and some rows of an image, or some images.</summary>
    private struct ForwardJob<TEpilogue> : ILaneJob where TEpilogue : struct, IEpilogue
    {
        public Conv2dShape Shape;
        public Conv2dPlan Plan;
        public float* X, Weight, Y, Workspace;
        public TEpilogue Epilogue;
        public MicroKernels Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk, int lane)
        {
            nint rest = chunk;
            (rest, nint filterBlock) = nint.DivRem(rest, Plan.FilterBlocks);
            (rest, nint rowBlock) = nint.DivRem(rest, Plan.RowBlocks);
            (nint imageBlock, nint group) = nint.DivRem(rest, (nint)Shape.Groups);
            nint image = imageBlock * Plan.Images, images = nint.Min(Plan.Images, (nint)Shape.Batch - image);
            nint row = rowBlock * Plan.Rows, rows = nint.Min(Plan.Rows, (nint)Shape.OutHeight - row);
            nint filter = (group * Shape.GroupFilters) + (Shape.GroupFilters * filterBlock / Plan.FilterBlocks);
            nint filterEnd = (group * Shape.GroupFilters) + (Shape.GroupFilters * (filterBlock + 1) / Plan.FilterBlocks);
            nint positions = rows * (nint)Shape.OutWidth, width = images * positions;

            float* columns = Workspace + (lane * Plan.LaneFloats), gathered = columns + Plan.ColumnFloats, scratch = gathered + Plan.GatherFloats;
            float* source = X + (((image * (nint)Shape.Channels) + (group * Shape.GroupChannels)) * Shape.Plane);
            float* target = Y + (((image * (nint)Shape.Filters) + filter) * Shape.OutPlane) + (row * (nint)Shape.OutWidth);
            nint ld = width;
            if (Plan.Direct)
            {
                columns = source + (row * (nint)Shape.OutWidth);
                ld = Shape.Plane;
            }
            else
            {
                for (nint i = 0; i < images; i++)
                    Im2Col.Gather(Shape, source + (i * (nint)Shape.Channels * Shape.Plane), Shape.GroupChannels, row, rows, columns + (i * positions), width);
            }

            bool several = Plan.Images > 1;
            var product = new MatMulArgs<float>(Weight + (filter * Shape.FilterSize), columns, several ? gathered : target, filterEnd - filter, width, Shape.FilterSize)
            {
                Ldb = ld,
                Ldc = several ? width : Shape.OutPlane,
            };
            TileProduct.RunAll(product, new FromRow<TEpilogue>(Epilogue, filter), Kernels, scratch);
            if (several)
            {
                // (filters, images · positions) → (images, filters, positions)
                for (nint i = 0; i < images; i++)
                    Blocks.Copy(gathered + (i * positions), width, target + (i * (nint)Shape.Filters * Shape.OutPlane), Shape.OutPlane, filterEnd - filter, positions);
            }
        }
    }

    /// <summary>An epilogue whose first row is not row 0.</summary>
    private readonly struct FromRow<TEpilogue>(TEpilogue epilogue, nint first) : IEpilogue where TEpilogue : struct, IEpilogue
    {
        public void Apply(float* c, nint count, nint row, nint column)
        {
            if (typeof(TEpilogue) != typeof(NoEpilogue))
                epilogue.Apply(c, count, row + first, column);
        }
    }
}
