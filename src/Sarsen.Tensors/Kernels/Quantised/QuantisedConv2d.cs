using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = x ⋆ w + b over (N, C, H, W) with the weight in seven bits and the input in eight, as <see cref="QuantisedLinear"/>:
/// one scale for each filter, one step and zero point for each picture. The input is laid out as words of four channels,
/// so a window's columns are gathered word by word, padding being the zero point; the product runs over (C / 4, kH, kW, 4).
/// One group only. Kernels trust their arguments, never throw and allocate nothing.
/// </summary>
public static unsafe partial class QuantisedConv2d
{
    private const int PanelColumns = QuantisedKernels.PanelColumns;
    private const int PanelRows = QuantisedKernels.PanelRows;

    /// <summary>Bytes of gathered columns that stay in the second-level cache.</summary>
    private const long GatheredBytes = 256 * 1024;

    /// <summary>Can a convolution of these sizes be computed here: one group, sums that fit i32.</summary>
    public static bool Supports(in Conv2dShape shape) => shape.Groups == 1 && Parts.Depth(shape) <= QuantisedKernels.MaxK4;

    /// <summary>Bytes of a packed weight.</summary>
    public static long PackedBytes(in Conv2dShape shape) => new Parts(shape).Bytes;

    /// <summary>Lays a weight out for the kernels: panels of up to twelve filters, four channels of each side by side.</summary>
    /// <param name="q">(Filters, Channels, KernelHeight, KernelWidth), from -63 to 63.</param>
    /// <param name="scales">One for each filter.</param>
    /// <param name="shape">The sizes; the batch does not matter.</param>
    /// <param name="packed"><see cref="PackedBytes"/>, 64-byte aligned and zero.</param>
    public static void Pack(sbyte* q, float* scales, in Conv2dShape shape, byte* packed)
    {
        var parts = new Parts(shape);
        long area = shape.KernelArea, channels = shape.Channels;
        for (long panel = 0; panel < parts.FilterPanels; panel++)
        {
            long first = parts.FilterOf(panel), rows = parts.FilterOf(panel + 1) - first;
            byte* to = packed + first * parts.K4 * 4;
            for (long r = 0; r < rows; r++)
            {
                for (long c = 0; c < channels; c++)
                {
                    for (long t = 0; t < area; t++)
                    {
                        sbyte value = q[((first + r) * channels + c) * area + t];
                        to[(c / 4 * area + t) * 4 * rows + 4 * r + c % 4] = (byte)value;
                        parts.Sums(packed)[first + r] += value;
                    }
                }
                parts.Scales(packed)[first + r] = scales[first + r];
            }
        }
    }

    /// <summary>Bytes of scratch memory of a run.</summary>
    public static long WorkspaceBytes(in Conv2dShape shape, Workers workers) => new Scratch(shape, workers.Count).Bytes;

    /// <summary>y = epilogue(x ⋆ w + b).</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Batch, Channels, Height, Width)</param>
    /// <param name="packed">The weight, by <see cref="Pack"/>.</param>
    /// <param name="bias">(Filters), or null.</param>
    /// <param name="y">(Batch, Filters, OutHeight, OutWidth), overwritten.</param>
    /// <param name="range">What all inputs lie between; each picture's own when null.</param>
    /// <param name="epilogue">Applied to each element once; it is told row 0 and, as the column, the place in y.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/>, 64-byte aligned.</param>
    public static void Run<TEpilogue>(in Conv2dShape shape, float* x, byte* packed, float* bias, float* y, InputRange? range, TEpilogue epilogue, Workers workers, void* workspace)
        where TEpilogue : struct, IEpilogue => Run(shape, x, packed, bias, y, range, epilogue, workers, workspace, QuantisedKernels.Best);

    internal static void Run<TEpilogue>(in Conv2dShape shape, float* x, byte* packed, float* bias, float* y, InputRange? range,
        TEpilogue epilogue, Workers workers, void* workspace, QuantisedKernels kernels) where TEpilogue : struct, IEpilogue
    {
        if (shape.Batch == 0 || shape.OutPlane == 0)
            return;
        var scratch = new Scratch(shape, workers.Count);
        byte* at = (byte*)workspace;
        ByteInput.Steps(workers, x, shape.Batch, shape.Channels * shape.Plane, range, scratch.Steps(at), scratch.Zeros(at), scratch.Ranges(at));
        var words = new WordsJob { X = x, Shape = shape, Scratch = scratch, At = at };
        VectorRanges.For(workers, ref words, shape.Batch * scratch.Words, 4 * shape.Plane);

        var parts = new Parts(shape);
        long chunks = (scratch.Panels + scratch.ChunkPanels - 1) / scratch.ChunkPanels;
        // Too few stretches of pictures for all: then filters are shared out too, each gathering for itself.
        long filterBlocks = Math.Clamp((workers.Count + chunks - 1) / chunks, 1, parts.FilterPanels);
        var job = new Job<TEpilogue>
        {
            Shape = shape,
            Parts = parts,
            Scratch = scratch,
            Packed = packed,
            At = at,
            Bias = bias,
            Y = y,
            Epilogue = epilogue,
            Kernels = kernels,
            FilterBlocks = filterBlocks,
        };
        workers.ForLanes(ref job, checked((int)(chunks * filterBlocks)));
    }

    /// <summary>Where the parts of a packed weight lie: panels, sums of weights, scales.</summary>
    private readonly struct Parts(in Conv2dShape shape)
    {
        public readonly long Filters = shape.Filters;

        public readonly nint K4 = (nint)Depth(shape);

        public readonly long FilterPanels = (shape.Filters + PanelRows - 1) / PanelRows;

        private long Padded => (Filters + 15) & ~15L;

        public long Bytes => Padded * K4 * 4 + Padded * 8;

        public int* Sums(byte* packed) => (int*)(packed + Padded * K4 * 4);

        public float* Scales(byte* packed) => (float*)(Sums(packed) + Padded);

        public long FilterOf(long panel) => Filters * panel / FilterPanels;

        public static long Depth(in Conv2dShape shape) => (shape.Channels + 3) / 4 * shape.KernelArea;
    }

    /// <summary>Where the input's words, their steps and the lanes' columns lie.</summary>
    private readonly struct Scratch
    {
        private const long TileBytes = PanelRows * PanelColumns * sizeof(int);

        private readonly long _batch, _plane, _pictureBytes;
        private readonly int _lanes;

        public Scratch(in Conv2dShape shape, int lanes)
        {
            (_batch, _plane, _lanes) = (shape.Batch, shape.Plane, lanes);
            _pictureBytes = shape.Channels * shape.Plane;
            Words = (shape.Channels + 3) / 4;
            PanelBytes = Parts.Depth(shape) * 4 * PanelColumns;
            Panels = (shape.Batch * shape.OutPlane + PanelColumns - 1) / PanelColumns;
            // At least a chunk for each thread.
            ChunkPanels = Math.Clamp(GatheredBytes / PanelBytes, 1, Math.Max(1, Panels / lanes));
        }

        /// <summary>Words of four channels.</summary>
        public long Words { get; }

        /// <summary>Bytes of the gathered columns of 32 positions.</summary>
        public long PanelBytes { get; }

        /// <summary>Output positions of all pictures, by 32.</summary>
        public long Panels { get; }

        public long ChunkPanels { get; }

        private long LaneBytes => TileBytes + ChunkPanels * PanelBytes;

        private long WordBytes => (_batch * Words * _plane * 4 + 63) & ~63L;

        private long VectorBytes => (_batch * sizeof(int) + 63) & ~63L;

        public long Bytes => _lanes * LaneBytes + WordBytes + 2 * VectorBytes + ByteInput.WorkspaceBytes(_batch, _pictureBytes);

        public int* Tile(byte* at, int lane) => (int*)(at + lane * LaneBytes);

        public byte* Columns(byte* at, int lane) => at + lane * LaneBytes + TileBytes;

        public uint* Pictures(byte* at) => (uint*)(at + _lanes * LaneBytes);

        public float* Steps(byte* at) => (float*)((byte*)Pictures(at) + WordBytes);

        public int* Zeros(byte* at) => (int*)((byte*)Steps(at) + VectorBytes);

        public float* Ranges(byte* at) => (float*)((byte*)Zeros(at) + VectorBytes);
    }

    /// <summary>(N, C, H, W) floats to (N, C / 4, H, W) words of four bytes.</summary>
    private struct WordsJob : IVectorRange
    {
        public float* X;
        public Conv2dShape Shape;
        public Scratch Scratch;
        public byte* At;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint plane = Shape.Plane;
            for (long item = begin; item < end; item++)
            {
                long image = item / Scratch.Words, channel = item % Scratch.Words * 4;
                nint channels = (nint)Math.Min(4, Shape.Channels - channel);
                float* x = X + (image * Shape.Channels + channel) * plane;
                float* to = (float*)(Scratch.Pictures(At) + item * plane);
                float* step = Scratch.Steps(At) + image;
                int zero = Scratch.Zeros(At)[image];
                V inverse = V.Create(ByteInput.Inverse(*step)), odd = V.Create(0);
                for (nint i = 0; i < plane; i += 16)
                {
                    nint count = nint.Min(16, plane - i);
                    V word = V.FromBits(0);
                    for (nint c = 0; c < channels; c++)
                    {
                        V values = count < 16 ? V.Load(x + c * plane + i, count) : V.Load(x + c * plane + i);
                        word |= V.ShiftLeft(ByteInput.Bytes(values, inverse, zero, ref odd), 8 * (int)c);
                    }
                    if (count < 16)
                        word.Store(to + i, count);
                    else
                        word.Store(to + i);
                }
                if (!ByteInput.IsFinite(odd))
                    *step = float.NaN;
            }
        }
    }

    /// <summary>Some filters over a stretch of positions, which may cross from one picture to the next.</summary>
    private struct Job<TEpilogue> : ILaneJob where TEpilogue : struct, IEpilogue
    {
        public Conv2dShape Shape;
        public Parts Parts;
        public Scratch Scratch;
        public byte* Packed, At;
        public float* Bias, Y;
        public TEpilogue Epilogue;
        public QuantisedKernels Kernels;
        public long FilterBlocks;

        [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
        public readonly void Run(int chunk, int lane)
        {
            long firstPanel = chunk / FilterBlocks * Scratch.ChunkPanels, lastPanel = Math.Min(Scratch.Panels, firstPanel + Scratch.ChunkPanels);
            long block = chunk % FilterBlocks;
            long firstFilters = Parts.FilterPanels * block / FilterBlocks, lastFilters = Parts.FilterPanels * (block + 1) / FilterBlocks;
            byte* columns = Scratch.Columns(At, lane);
            int* tile = Scratch.Tile(At, lane);
            for (long panel = firstPanel; panel < lastPanel; panel++)
                Gather(Shape, Scratch.Pictures(At), Scratch.Zeros(At), panel * PanelColumns, (uint*)(columns + (panel - firstPanel) * Scratch.PanelBytes));

            int* zeros = stackalloc int[PanelColumns];
            float* steps = stackalloc float[PanelColumns];
            long positions = Shape.Batch * Shape.OutPlane;
            for (long filters = firstFilters; filters < lastFilters; filters++)
            {
                long filter = Parts.FilterOf(filters);
                nint rows = (nint)(Parts.FilterOf(filters + 1) - filter);
                byte* weights = Packed + filter * Parts.K4 * 4;
                for (long panel = firstPanel; panel < lastPanel; panel++)
                {
                    long position = panel * PanelColumns;
                    nint count = (nint)Math.Min(PanelColumns, positions - position);
                    Kernels.Run(leftSigned: true, Parts.K4, weights, rows, columns + (panel - firstPanel) * Scratch.PanelBytes, count, tile);
                    for (nint j = 0; j < count; j++)
                    {
                        long image = (position + j) / Shape.OutPlane;
                        (zeros[j], steps[j]) = (Scratch.Zeros(At)[image], Scratch.Steps(At)[image]);
                    }
                    for (nint r = 0; r < rows; r++)
                        Finish(filter + r, position, count, tile + r * PanelColumns, zeros, steps);
                }
            }
        }

        /// <summary>One row of the tile: to floats, and picture by picture to its place.</summary>
        private readonly void Finish(long filter, long position, nint count, int* sums, int* zeros, float* steps)
        {
            float* values = (float*)sums;
            Dequantise.Run(sums, Parts.Sums(Packed)[filter], zeros, Parts.Scales(Packed)[filter], steps, Bias == null ? 0 : Bias[filter], null, values, count);
            for (nint j = 0; j < count;)
            {
                (long image, long at) = Math.DivRem(position + j, (long)Shape.OutPlane);
                nint length = (nint)Math.Min(count - j, Shape.OutPlane - at);
                nint place = (nint)((image * Shape.Filters + filter) * Shape.OutPlane + at);
                Buffer.MemoryCopy(values + j, Y + place, length * sizeof(float), length * sizeof(float));
                Epilogue.Apply(Y + place, length, 0, place);
                j += length;
            }
        }
    }
}
