using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Matrix products, quantised products and attention: each size in turn, the others small.</summary>
public sealed unsafe class ProductGuardTests
{
    private static readonly Workers s_serial = Workers.Serial;

    private static readonly GuardedKernel[] s_kernels =
    [
        new("product, rows", (m, n) => Products(m, n, 5, 7)),
        new("product, columns", (m, n) => Products(m, 5, n, 7)),
        new("product, depth", (m, n) => Products(m, 5, 7, n)),
        new("product, columns of one row", (m, n) => Products(m, 1, n, 3)),
        new("product, depth of one row", (m, n) => Products(m, 1, 37, n)),
        new("product, depth of panels and more", (m, n) => Products(m, 15, 33, n)),
        new("product, batch", (m, n) => Products(m, 2, 3, 4, batch: n)),
        new("int8 layer, rows", (m, n) => QuantisedLayer(m, n, 5, 7)),
        new("int8 layer, outputs", (m, n) => QuantisedLayer(m, 3, n, 7), From: 1),
        new("int8 layer, inputs", (m, n) => QuantisedLayer(m, 3, 5, n), From: 1),
        new("int8 convolution, width", (m, n) => QuantisedConvolution(m, new Conv2dShape(2, 3, 4, n, 5, new Window2d(3, 3).WithPadding(1))), From: 1),
        new("int8 convolution, height", (m, n) => QuantisedConvolution(m, new Conv2dShape(2, 3, n, 4, 5, new Window2d(3, 3).WithPadding(1).WithStride(2))), From: 1),
        new("int8 convolution, channels", (m, n) => QuantisedConvolution(m, new Conv2dShape(1, n, 3, 4, 5, new Window2d(1, 2))), From: 1),
        new("int8 convolution, filters", (m, n) => QuantisedConvolution(m, new Conv2dShape(1, 3, 3, 4, n, new Window2d(2, 2))), From: 1),
        new("int8 convolution, batch", (m, n) => QuantisedConvolution(m, new Conv2dShape(n, 3, 3, 4, 5, new Window2d(2, 2)))),
        new("int8 sums to floats", Dequantised, Widths: false),
        new("range of inputs", (m, n) => *m.Result<InputRange>(1) = InputRange.Of(m.Values(n), n)),
        new("attention, positions", (m, n) => Attend(m, new AttentionTests.Case("", 2, 1, 3, [n]))),
        new("attention, keys", (m, n) => Attend(m, new AttentionTests.Case("", 2, 1, 8, [3], [n], Causal: false))),
        new("attention, a window", (m, n) => Attend(m, new AttentionTests.Case("", 1, 1, 3, [n], Window: 10))),
        new("attention, window", (m, n) => Attend(m, new AttentionTests.Case("", 1, 1, 8, [70], Window: n))),
        new("attention, elements of a head", (m, n) => Attend(m, new AttentionTests.Case("", 2, 1, n, [5, 3])), From: 1),
        new("attention, heads", (m, n) => Attend(m, new AttentionTests.Case("", n, 1, 2, [3])), From: 1),
        new("attention, sequences", (m, n) => Attend(m, new AttentionTests.Case("", 1, 1, 3, [.. Enumerable.Range(0, n).Select(i => (long)(i % 4))]))),
        new("attention to a cache, positions", (m, n) => AttendToCache(m, n, 3)),
        new("attention to a cache, positions of whole groups", (m, n) => AttendToCache(m, n, 32)),
        new("attention to a cache, elements of a head", (m, n) => AttendToCache(m, 20, n), From: 1),
    ];

    public static TheoryData<string> Names() => [.. s_kernels.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kernel_stays_inside_at_every_length(string name) => s_kernels.Single(k => k.Name == name).Check();

    // All transpositions; the right operand as it lies, packed, and packed in sixteen bits.
    private static void Products(KernelMemory memory, int m, int n, int k, int batch = 1)
    {
        MicroKernels kernels = MicroKernels.For(Widths.Set);
        void* workspace = memory.Scratch(MatMul.WorkspaceBytes(m, n, k, s_serial));
        for (int transposed = 0; transposed < 4; transposed++)
        {
            bool ta = (transposed & 1) != 0, tb = (transposed & 2) != 0;
            float* a = memory.Values((long)batch * m * k), b = memory.Values((long)batch * k * n), c = memory.Result<float>((long)batch * m * n);
            var args = new MatMulArgs<float>(a, b, c, m, n, k, ta, tb) { Batch = batch };
            MatMul.Run(args, default(NoEpilogue), s_serial, workspace, kernels);
            args.Accumulate = true;
            MatMul.Run(args, default(NoEpilogue), s_serial, workspace, kernels);
            if (batch != 1)
                continue;
            var packed = (float*)memory.Scratch(PackedMatrix.Bytes(n, k, DType.F32, kernels));
            PackedMatrix.Pack(b, args.Ldb, tb, n, k, packed, s_serial, kernels);
            MatMul.Run(args with { B = null, PackedB = packed, C = memory.Result<float>((long)m * n), Accumulate = false }, default(NoEpilogue), s_serial, workspace, kernels);
            // 1 in BF16, a small number in F16.
            ushort* half = memory.New((long)k * n, (ushort)0x3F80);
            foreach (DType type in (ReadOnlySpan<DType>)[DType.F16, DType.BF16])
            {
                var packedHalf = (ushort*)memory.Scratch(PackedMatrix.Bytes(n, k, type, kernels));
                PackedMatrix.PackHalf(half, args.Ldb, tb, n, k, packedHalf, s_serial, kernels);
                MatMul.Run(args with { B = null, PackedB = (float*)packedHalf, PackedType = type, C = memory.Result<float>((long)m * n), Accumulate = false }, default(NoEpilogue), s_serial, workspace, kernels);
            }
        }
    }

    private static void QuantisedLayer(KernelMemory memory, long rows, long outputs, long inputs)
    {
        byte* packed = memory.Scratch(QuantisedLinear.PackedBytes(outputs, inputs), fill: 0);
        QuantisedLinear.Pack(Signed(memory, outputs * inputs), memory.Positive(outputs), outputs, inputs, packed);
        foreach (InputRange? range in (ReadOnlySpan<InputRange?>)[null, new InputRange(-2, 3)])
            QuantisedLinear.Run(memory.Values(rows * inputs), packed, memory.Values(outputs), memory.Result<float>(rows * outputs), rows, outputs, inputs, range, default(NoEpilogue), s_serial,
                memory.Scratch(QuantisedLinear.WorkspaceBytes(rows, outputs, inputs, s_serial)), QuantisedKernels.For(Widths.Set));
    }

    private static void QuantisedConvolution(KernelMemory memory, Conv2dShape shape)
    {
        byte* packed = memory.Scratch(QuantisedConv2d.PackedBytes(shape), fill: 0);
        QuantisedConv2d.Pack(Signed(memory, shape.WeightCount), memory.Positive(shape.Filters), shape, packed);
        QuantisedConv2d.Run(shape, memory.Values(shape.Batch * shape.Channels * shape.Plane), packed, memory.Values(shape.Filters), memory.Result<float>(shape.Batch * shape.Filters * shape.OutPlane),
            null, default(NoEpilogue), s_serial, memory.Scratch(QuantisedConv2d.WorkspaceBytes(shape, s_serial)), QuantisedKernels.For(Widths.Set));
    }

    private static sbyte* Signed(KernelMemory memory, long count)
    {
        sbyte* at = memory.New<sbyte>(count);
        for (long i = 0; i < count; i++)
            at[i] = (sbyte)((i * 37 % 127) - 63);
        return at;
    }

    private static void Dequantised(KernelMemory memory, int n)
    {
        int* c = memory.New(n, 100), columns = memory.New(n, 3);
        Dequantise.Run(c, 2, columns, 0.5f, memory.Positive(n), 0, memory.Values(n), memory.Result<float>(n), n);
        Dequantise.Run(c, 2, columns, 0.5f, memory.Positive(n), 0.25f, null, memory.Result<float>(n), n);
    }

    private static void Attend(KernelMemory memory, AttentionTests.Case c)
    {
        long rows = c.Rows, keyRows = c.KeyRows, longest = c.Queries.DefaultIfEmpty(0).Max();
        AttentionArgs<float> args = c.Args(memory.Values(rows * c.Width), memory.Values(keyRows * c.KvWidth), memory.Values(keyRows * c.KvWidth),
            memory.Result<float>(rows * c.Width), memory.Result<float>(rows * c.Heads), memory.Put(c.Spans));
        Sarsen.Tensors.Kernels.Attention.Forward(s_serial, args, memory.Scratch(Sarsen.Tensors.Kernels.Attention.WorkspaceBytes(rows, c.Queries.Length, c.Heads, c.KvHeads, c.HeadDim, s_serial)));
        var grads = new AttentionGrads<float>
        {
            Of = args,
            Dy = memory.Values(rows * c.Width),
            Dq = memory.Result<float>(rows * c.Width),
            Dk = memory.Result<float>(keyRows * c.KvWidth),
            Dv = memory.Result<float>(keyRows * c.KvWidth),
            DqStride = c.Width,
            DkStride = c.KvWidth,
            DvStride = c.KvWidth,
        };
        Sarsen.Tensors.Kernels.Attention.Backward(s_serial, grads, keyRows, longest, memory.Scratch(Sarsen.Tensors.Kernels.Attention.BackwardWorkspaceBytes(c.HeadDim, longest, s_serial)));
    }

    // All positions but the last at once, and then that one; the cache is as long as whole blocks need.
    private static void AttendToCache(KernelMemory memory, int positions, int headDim)
    {
        const int heads = 2;
        int width = 3 * heads * headDim, blocks = (positions + KvBlocks.Positions - 1) / KvBlocks.Positions;
        foreach (int bytes in (ReadOnlySpan<int>)[sizeof(float), sizeof(ushort), 1])
        {
            if (bytes == 1 && headDim % KvGroups.Elements != 0)
                continue;
            long elements = blocks * heads * 2 * KvBlocks.TileElements(bytes, headDim);
            var cache = new KvBlocks { Memory = memory.New<byte>(elements * bytes, 0xFF), ElementBytes = bytes, KvHeads = heads, HeadDim = headDim, Table = memory.Indices(blocks, Math.Max(1, blocks)), TableWidth = blocks };
            for (int i = 0; i < blocks; i++)
                cache.Table[i] = blocks - 1 - i;
            foreach ((int first, int rows) in (ReadOnlySpan<(int, int)>)[(0, Math.Max(0, positions - 1)), (Math.Max(0, positions - 1), Math.Min(1, positions))])
            {
                float* x = memory.Values((long)rows * width);
                var args = new AttentionArgs<float>
                {
                    Q = x,
                    K = x + (heads * headDim),
                    V = x + (2 * heads * headDim),
                    QueryStride = width,
                    KeyStride = width,
                    ValueStride = width,
                    Y = memory.Result<float>((long)rows * heads * headDim),
                    Spans = memory.Put([0L, rows, 0, first + rows]),
                    Sequences = 1,
                    Rows = rows,
                    Heads = heads,
                    KvHeads = heads,
                    HeadDim = headDim,
                    Scale = 0.3,
                    Causal = true,
                };
                CachedAttention.Forward(s_serial, args, cache, memory.Scratch(CachedAttention.WorkspaceBytes(rows, 1, heads, heads, headDim, s_serial)));
            }
        }
    }
}
