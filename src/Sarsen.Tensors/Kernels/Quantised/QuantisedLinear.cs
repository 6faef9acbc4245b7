using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = x Wᵀ + b with the weight in seven bits and the input in eight: W[o, i] = scale[o] · q[o, i], q in -63 … 63, and each
/// row of x as bytes (<see cref="ByteInput"/>). The sums are exact in i32, so results do not depend on rows, threads or the
/// instruction set. Kernels trust their arguments, never throw and allocate nothing.
/// </summary>
public static unsafe class QuantisedLinear
{
    private const int PanelColumns = QuantisedKernels.PanelColumns;
    private const int PanelRows = QuantisedKernels.PanelRows;

    /// <summary>The most inputs whose sums fit i32.</summary>
    public const long MaxInputs = 4 * QuantisedKernels.MaxK4;

    /// <summary>Multiply-adds of a chunk of work.</summary>
    private const long ChunkWork = 1 << 20;

    /// <summary>Bytes of a packed weight of (outputs, inputs).</summary>
    public static long PackedBytes(long outputs, long inputs) => new Parts(outputs, inputs).Bytes;

    /// <summary>Lays a weight out for the kernels: panels of 32 outputs, four inputs of each side by side.</summary>
    /// <param name="q">(outputs, inputs), from -63 to 63.</param>
    /// <param name="scales">One for each output.</param>
    /// <param name="outputs">1 or more.</param>
    /// <param name="inputs">1 or more, at most <see cref="MaxInputs"/>.</param>
    /// <param name="packed"><see cref="PackedBytes"/>, 64-byte aligned and zero.</param>
    public static void Pack(sbyte* q, float* scales, long outputs, long inputs, byte* packed)
    {
        var parts = new Parts(outputs, inputs);
        int* sums = parts.Sums(packed);
        for (long o = 0; o < outputs; o++)
        {
            byte* panel = packed + o / PanelColumns * parts.PanelBytes + o % PanelColumns * 4;
            for (long i = 0; i < inputs; i++)
            {
                panel[i / 4 * 4 * PanelColumns + i % 4] = (byte)q[o * inputs + i];
                sums[o] += q[o * inputs + i];
            }
            parts.Scales(packed)[o] = scales[o];
        }
    }

    /// <summary>Bytes of scratch memory of a run.</summary>
    public static long WorkspaceBytes(long rows, long outputs, long inputs, Workers workers) => new Scratch(rows, inputs, workers.Count).Bytes;

    /// <summary>y = epilogue(x Wᵀ + b).</summary>
    /// <param name="x">(rows, inputs)</param>
    /// <param name="packed">The weight, by <see cref="Pack"/>.</param>
    /// <param name="bias">(outputs), or null.</param>
    /// <param name="y">(rows, outputs), overwritten.</param>
    /// <param name="rows">Zero or more.</param>
    /// <param name="outputs">1 or more.</param>
    /// <param name="inputs">1 or more.</param>
    /// <param name="range">What all inputs lie between; each row's own when null.</param>
    /// <param name="epilogue">Applied to each element once.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/>, 64-byte aligned.</param>
    public static void Run<TEpilogue>(float* x, byte* packed, float* bias, float* y, long rows, long outputs, long inputs,
        InputRange? range, TEpilogue epilogue, Workers workers, void* workspace) where TEpilogue : struct, IEpilogue =>
        Run(x, packed, bias, y, rows, outputs, inputs, range, epilogue, workers, workspace, QuantisedKernels.Best);

    internal static void Run<TEpilogue>(float* x, byte* packed, float* bias, float* y, long rows, long outputs, long inputs,
        InputRange? range, TEpilogue epilogue, Workers workers, void* workspace, QuantisedKernels kernels) where TEpilogue : struct, IEpilogue
    {
        if (rows == 0)
            return;
        var (parts, scratch) = (new Parts(outputs, inputs), new Scratch(rows, inputs, workers.Count));
        byte* at = (byte*)workspace;
        ByteInput.Steps(workers, x, rows, inputs, range, scratch.Steps(at), scratch.Zeros(at), scratch.Ranges(at));
        var bytes = new BytesJob { X = x, Scratch = scratch, At = at };
        VectorRanges.For(workers, ref bytes, scratch.RowPanels, PanelRows * inputs);

        long columnPanels = (outputs + PanelColumns - 1) / PanelColumns;
        long rowPanels = Math.Clamp(ChunkWork / (PanelRows * inputs * PanelColumns), 1, scratch.RowPanels);
        long rowBlocks = (scratch.RowPanels + rowPanels - 1) / rowPanels;
        long wide = Math.Clamp(ChunkWork / (Math.Min(rows, rowPanels * PanelRows) * inputs * PanelColumns), 1, columnPanels);
        var job = new Job<TEpilogue>
        {
            Parts = parts,
            Scratch = scratch,
            Packed = packed,
            At = at,
            Bias = bias,
            Y = y,
            Epilogue = epilogue,
            Kernels = kernels,
            BlockPanels = rowPanels,
            RowBlocks = rowBlocks,
            ChunkColumns = wide,
        };
        workers.ForLanes(ref job, checked((int)(rowBlocks * ((columnPanels + wide - 1) / wide))));
    }

    /// <summary>Where the parts of a packed weight lie: panels, sums of weights, scales.</summary>
    private readonly struct Parts(long outputs, long inputs)
    {
        private readonly long _padded = (outputs + PanelColumns - 1) / PanelColumns * PanelColumns;

        public readonly long Outputs = outputs;

        public readonly nint K4 = (nint)((inputs + 3) / 4);

        public long PanelBytes => (long)K4 * 4 * PanelColumns;

        public long Bytes => _padded * K4 * 4 + _padded * 8;

        public int* Sums(byte* packed) => (int*)(packed + _padded * K4 * 4);

        public float* Scales(byte* packed) => (float*)(Sums(packed) + _padded);
    }

    /// <summary>Where the bytes of the input lie, and their steps: panels of up to twelve rows, of balanced heights.</summary>
    private readonly struct Scratch(long rows, long inputs, int lanes)
    {
        public const long TileBytes = PanelRows * PanelColumns * sizeof(int);

        public readonly long Inputs = inputs;

        public readonly nint K4 = (nint)((inputs + 3) / 4);

        public readonly long RowPanels = (rows + PanelRows - 1) / PanelRows;

        private long PackedBytes => (rows * K4 * 4 + 63) & ~63L;

        private long VectorBytes => (rows * sizeof(int) + 63) & ~63L;

        public long Bytes => lanes * TileBytes + PackedBytes + 2 * VectorBytes + ByteInput.WorkspaceBytes(rows, Inputs);

        public int* Tile(byte* at, int lane) => (int*)(at + lane * TileBytes);

        public byte* Packed(byte* at) => at + lanes * TileBytes;

        public float* Steps(byte* at) => (float*)(Packed(at) + PackedBytes);

        public int* Zeros(byte* at) => (int*)((byte*)Steps(at) + VectorBytes);

        public float* Ranges(byte* at) => (float*)((byte*)Zeros(at) + VectorBytes);

        public long RowOf(long panel) => rows * panel / RowPanels;
    }

    private struct BytesJob : IVectorRange
    {
        public float* X;
        public Scratch Scratch;
        public byte* At;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            int* lanes = stackalloc int[16];
            for (long panel = begin; panel < end; panel++)
            {
                long first = Scratch.RowOf(panel), rows = Scratch.RowOf(panel + 1) - first;
                int* words = (int*)Scratch.Packed(At) + first * Scratch.K4;
                for (long r = 0; r < rows; r++)
                {
                    float* x = X + (first + r) * Scratch.Inputs;
                    float* step = Scratch.Steps(At) + first + r;
                    int zero = Scratch.Zeros(At)[first + r];
                    V inverse = V.Create(ByteInput.Inverse(*step)), odd = V.Create(0);
                    for (nint i = 0; i < (nint)Scratch.Inputs; i += 16)
                    {
                        nint left = (nint)Scratch.Inputs - i;
                        ByteInput.Bytes(left < 16 ? V.Load(x + i, left) : V.Load(x + i), inverse, zero, ref odd).Store((float*)lanes);
                        for (nint w = 0; w < nint.Min(4, (left + 3) / 4); w++)
                            words[(i / 4 + w) * (nint)rows + (nint)r] = lanes[4 * w] | lanes[4 * w + 1] << 8 | lanes[4 * w + 2] << 16 | lanes[4 * w + 3] << 24;
                    }
                    if (!ByteInput.IsFinite(odd))
                        *step = float.NaN;
                }
            }
        }
    }

    private struct Job<TEpilogue> : ILaneJob where TEpilogue : struct, IEpilogue
    {
        public Parts Parts;
        public Scratch Scratch;
        public byte* Packed, At;
        public float* Bias, Y;
        public TEpilogue Epilogue;
        public QuantisedKernels Kernels;
        public long BlockPanels, RowBlocks, ChunkColumns;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int chunk, int lane)
        {
            long firstPanel = chunk % RowBlocks * BlockPanels, lastPanel = Math.Min(Scratch.RowPanels, firstPanel + BlockPanels);
            long firstColumn = chunk / RowBlocks * ChunkColumns * PanelColumns;
            long lastColumn = Math.Min(Parts.Outputs, firstColumn + ChunkColumns * PanelColumns);
            int* tile = Scratch.Tile(At, lane);
            for (long column = firstColumn; column < lastColumn; column += PanelColumns)
            {
                nint columns = (nint)Math.Min(PanelColumns, Parts.Outputs - column);
                byte* b = Packed + column / PanelColumns * Parts.PanelBytes;
                int* sums = Parts.Sums(Packed) + column;
                float* scales = Parts.Scales(Packed) + column, bias = Bias == null ? null : Bias + column;
                for (long panel = firstPanel; panel < lastPanel; panel++)
                {
                    long first = Scratch.RowOf(panel);
                    nint rows = (nint)(Scratch.RowOf(panel + 1) - first);
                    Kernels.Run(leftSigned: false, Parts.K4, Scratch.Packed(At) + first * Parts.K4 * 4, rows, b, columns, tile);
                    for (nint r = 0; r < rows; r++)
                    {
                        float* y = Y + (first + r) * Parts.Outputs + column;
                        Dequantise.Run(tile + r * PanelColumns, Scratch.Zeros(At)[first + r], sums, Scratch.Steps(At)[first + r], scales, 0, bias, y, columns);
                        Epilogue.Apply(y, columns, (nint)first + r, (nint)column);
                    }
                }
            }
        }
    }
}
