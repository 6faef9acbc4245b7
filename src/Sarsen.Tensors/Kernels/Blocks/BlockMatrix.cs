using System.Runtime.CompilerServices;
using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A weight (outputs, inputs) in blocks, held once, in the order in which products read it, in memory with huge pages where
/// the system has them. Rows one after the other may be of different layouts. Inputs are rounded to bytes
/// (<see cref="BlockLayout"/> says how results are summed).
/// </summary>
public sealed unsafe class BlockMatrix : WeightMatrix
{
    private readonly Part[] _parts;
    private readonly NativeBuffer _memory;
    private readonly bool _words, _hasCode;

    /// <param name="inputs">Elements of a row: a multiple of every layout's block.</param>
    /// <param name="parts">Layouts, and how many rows each has, one or more.</param>
    /// <exception cref="ArgumentException">Rows are no whole blocks, or there are none.</exception>
    public BlockMatrix(long inputs, IReadOnlyList<(BlockLayout Layout, long Rows)> parts) : base(parts.Sum(p => p.Rows), inputs)
    {
        _parts = new Part[parts.Count];
        long offset = 0, first = 0;
        for (int i = 0; i < _parts.Length; i++)
        {
            (BlockLayout layout, long rows) = parts[i];
            if (inputs % layout.BlockLength != 0)
                throw new ArgumentException($"rows of {inputs} elements are no whole blocks of {layout.BlockLength}", nameof(parts));
            ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1, nameof(parts));
            _parts[i] = new Part { Layout = layout, First = first, Rows = rows, Offset = offset, PanelBytes = layout.PanelBytes(inputs) };
            offset = checked(offset + (_parts[i].Panels * _parts[i].PanelBytes));
            first += rows;
            _words |= layout.Words;
        }
        _hasCode = _parts.All(p => p.Layout.Code is not null);
        _memory = NativeBuffer.Allocate(offset);
    }

    public override long Bytes => _memory.Bytes;

    /// <summary>Writes a row, each once. Different panels of <see cref="BlockLayout.PanelRows"/> rows may be written by different threads.</summary>
    /// <param name="row">0 to <see cref="WeightMatrix.Outputs"/> - 1.</param>
    /// <param name="from">Taken apart as the layout of its part wants it.</param>
    public void Write(long row, in BlockRow from)
    {
        ref readonly Part part = ref PartOf(row);
        part.Layout.Write(Panel(part, row), Inputs, (int)((row - part.First) % BlockLayout.PanelRows), from);
    }

    public override void Gather(long* ids, long count, float* y)
    {
        for (long i = 0; i < count; i++)
        {
            ref readonly Part part = ref PartOf(ids[i]);
            part.Layout.Read(Panel(part, ids[i]), Inputs, (int)((ids[i] - part.First) % BlockLayout.PanelRows), y + (i * Inputs));
        }
    }

    public override long WorkspaceBytes(long rows, Workers workers) => BlockInput.MemoryBytes(rows, Inputs, _words) + (LaneBytes(rows) * workers.Count);

    public override void Multiply(float* x, float* bias, float* y, nint rowStride, long rows, Workers workers, byte* workspace)
    {
        if (rows == 0)
            return;
        bool tiled = _hasCode && VectorRanges.NarrowerBy == 0;
        BlockInput input = tiled ? BlockInput.TilesAt(workspace, rows, Inputs) : BlockInput.At(workspace, rows, Inputs, _words);
        input.Fill(workers, x, (nint)Inputs, rows);
        byte* scratch = workspace + BlockInput.MemoryBytes(rows, Inputs, _words);
        foreach (ref readonly Part part in _parts.AsSpan())
        {
            // With more rows a chunk takes fewer.
            long perChunk = Math.Clamp(ChunkBytesOf(part.Panels * part.PanelBytes, workers) / part.PanelBytes / rows, 1, part.Panels);
            var job = new Job
            {
                Layout = part.Layout,
                Args = new BlockArgs
                {
                    X = input,
                    Code = tiled ? part.Layout.Code : null,
                    Rows = (nint)rows,
                    Panels = _memory.Pointer + part.Offset,
                    Outputs = (nint)part.Rows,
                    Y = y + part.First,
                    RowStride = rowStride,
                    Bias = bias == null ? null : bias + part.First,
                },
                Panels = part.Panels,
                PerChunk = perChunk,
                Scratch = scratch,
                LaneBytes = LaneBytes(rows),
            };
            VectorChunks.For(workers, ref job, checked((int)((part.Panels + perChunk - 1) / perChunk)));
        }
        GC.KeepAlive(this);
    }

    public override void Dispose() => _memory.Dispose();

    private long LaneBytes(long rows)
    {
        long most = 0;
        foreach (ref readonly Part part in _parts.AsSpan())
            most = Math.Max(most, part.Layout.ScratchBytes(rows));
        return (most + 63) & ~63L;
    }

    private ref readonly Part PartOf(long row)
    {
        int i = 0;
        while (row >= _parts[i].First + _parts[i].Rows)
            i++;
        return ref _parts[i];
    }

    private byte* Panel(in Part part, long row) => _memory.Pointer + part.Offset + ((row - part.First) / BlockLayout.PanelRows * part.PanelBytes);

    private struct Part
    {
        public BlockLayout Layout;
        public long First, Rows, Offset, PanelBytes;

        public readonly long Panels => (Rows + BlockLayout.PanelRows - 1) / BlockLayout.PanelRows;
    }

    private struct Job : IVectorChunk
    {
        public BlockLayout Layout;
        public BlockArgs Args;
        public long Panels, PerChunk, LaneBytes;
        public byte* Scratch;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(int chunk, int lane) where V : struct, IVector<V> =>
            Layout.Multiply<V>(Args, chunk * PerChunk, Math.Min(Panels, (chunk + 1) * PerChunk), Scratch + (lane * LaneBytes));
    }
}
