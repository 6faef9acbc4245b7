using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Tests.Memory;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Tensors.Tests.Kernels;

public sealed unsafe class MatMulTests
{
    /// <summary>The instruction sets that run here: on an AVX-512 machine, all of them in one process.</summary>
    internal static IEnumerable<InstructionSet> Sets() => Enum.GetValues<InstructionSet>().Where(InstructionSets.Supports);

    internal static void Fill(Span<float> values, int seed)
    {
        var random = new System.Random(seed);
        foreach (ref float value in values)
            value = (float)((random.NextDouble() * 2) - 1);
    }

    /// <summary>A product in guarded memory, run by the reference and by every instruction set, compared bit for bit.</summary>
    private sealed class Case : IDisposable
    {
        private readonly GuardedBuffer<float> _a, _b, _c, _workspace;
        private readonly MatMulArgs<float> _args;
        private readonly float[] _start, _expected;
        private readonly Workers _workers;

        public Case(int m, int n, int k, bool ta, bool tb, bool accumulate, Workers workers, int padding = 0, int batch = 1, bool atEnd = true)
        {
            _workers = workers;
            int aRows = ta ? k : m, aColumns = ta ? m : k, bRows = tb ? n : k, bColumns = tb ? k : n;
            int lda = aColumns + padding, ldb = bColumns + padding, ldc = n + padding;
            // The last row ends where its elements end: its padding must not be touched either.
            int aSize = Size(aRows, aColumns, lda), bSize = Size(bRows, bColumns, ldb), cSize = Size(m, n, ldc);
            _a = new GuardedBuffer<float>(aSize * batch, atEnd);
            _b = new GuardedBuffer<float>(bSize * batch, atEnd);
            _c = new GuardedBuffer<float>(cSize * batch, atEnd);
            _workspace = new GuardedBuffer<float>(MatMul.WorkspaceBytes(m, n, k, workers) / sizeof(float));
            Fill(_a.Span, 1);
            Fill(_b.Span, 2);
            Fill(_c.Span, 3);
            _args = new MatMulArgs<float>(_a.Pointer, _b.Pointer, _c.Pointer, m, n, k, ta, tb)
            {
                Lda = lda,
                Ldb = ldb,
                Ldc = ldc,
                Accumulate = accumulate,
                Batch = batch,
                BatchStrideA = aSize,
                BatchStrideB = bSize,
                BatchStrideC = cSize,
            };
            _start = _c.Span.ToArray();
            MatMul.Reference(_args);
            _expected = _c.Span.ToArray();
        }

        private static int Size(int rows, int columns, int ld) => rows == 0 || columns == 0 ? 0 : ((rows - 1) * ld) + columns;

        public void Check()
        {
            foreach (InstructionSet set in Sets())
            {
                _start.CopyTo(_c.Span);
                MatMul.Run(_args, default(NoEpilogue), _workers, _workspace.Pointer, MicroKernels.For(set));
                if (!_c.Span.SequenceEqual(_expected))
                    Assert.Fail($"{set}: ({_args.M}, {_args.K}) x ({_args.K}, {_args.N}), transposed {_args.TransposeA} {_args.TransposeB}, accumulate {_args.Accumulate}, batch {_args.Batch}");
                if (_args.Batch == 1)
                    CheckPacked(set);
            }
        }

        private void CheckPacked(InstructionSet set)
        {
            MicroKernels kernels = MicroKernels.For(set);
            using var packed = new GuardedBuffer<float>(PackedMatrix.Bytes(_args.N, _args.K, DType.F32, kernels) / sizeof(float));
            packed.Span.Fill(float.NaN);
            PackedMatrix.Pack(_args.B, _args.Ldb, _args.TransposeB, _args.N, _args.K, packed.Pointer, _workers, kernels);
            MatMulArgs<float> args = _args;
            args.B = null;
            args.PackedB = packed.Pointer;
            _start.CopyTo(_c.Span);
            MatMul.Run(args, default(NoEpilogue), _workers, _workspace.Pointer, kernels);
            if (!_c.Span.SequenceEqual(_expected))
                Assert.Fail($"packed, {set}: ({args.M}, {args.K}) x ({args.K}, {args.N}), transposed {args.TransposeA} {args.TransposeB}, accumulate {args.Accumulate}");
        }

        public void Dispose()
        {
            _a.Dispose();
            _b.Dispose();
            _c.Dispose();
            _workspace.Dispose();
        }
    }

    /// <summary>Weights in sixteen bits: the bits of the product with the floats they stand for.</summary>
    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void WeightsInSixteenBitsAreComputedWithInFloats(DType type)
    {
        foreach ((int m, int n, int k) in new[] { (1, 300, 400), (1, 5, 17), (3, 70, 385), (20, 33, 16) })
        {
            foreach (bool transposed in new[] { false, true })
            {
                using var a = new GuardedBuffer<float>(m * k);
                using var wide = new GuardedBuffer<float>(n * k);
                using var half = new GuardedBuffer<ushort>(n * k);
                using var c = new GuardedBuffer<float>(m * n);
                Fill(a.Span, 1);
                Fill(wide.Span, 2);
                Cast.Run(Workers.Serial, DType.F32, wide.Pointer, type, half.Pointer, n * k);
                for (int i = 0; i < n * k; i++)
                    wide.Span[i] = type == DType.F16 ? (float)BitConverter.UInt16BitsToHalf(half.Span[i]) : Cast.FromBFloat16(half.Span[i]);
                var args = new MatMulArgs<float>(a.Pointer, wide.Pointer, c.Pointer, m, n, k, transposeB: transposed);
                MatMul.Reference(args);
                float[] expected = c.Span.ToArray();
                foreach (InstructionSet set in Sets())
                {
                    MicroKernels kernels = MicroKernels.For(set);
                    using var packed = new GuardedBuffer<byte>(PackedMatrix.Bytes(n, k, type, kernels));
                    using var workspace = new GuardedBuffer<byte>(MatMul.WorkspaceBytes(m, n, k, Workers.Serial));
                    PackedMatrix.PackHalf(half.Pointer, transposed ? k : n, transposed, n, k, (ushort*)packed.Pointer, Workers.Serial, kernels);
                    args.B = null;
                    args.PackedB = (float*)packed.Pointer;
                    args.PackedType = type;
                    c.Span.Fill(float.NaN);
                    MatMul.Run(args, default(NoEpilogue), Workers.Serial, workspace.Pointer, kernels);
                    c.Span.SequenceEqual(expected).ShouldBeTrue($"{set}, {type}, ({m}, {k}) x ({k}, {n}), transposed {transposed}");
                }
            }
        }
    }

    public static TheoryData<bool, bool> Transpositions() => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Transpositions))]
    public void EverySmallSizeEqualsTheReferenceOnEveryInstructionSet(bool ta, bool tb)
    {
        int[] rows = [.. Enumerable.Range(1, 16), 28, 29], columns = [.. Enumerable.Range(1, 9), 15, 16, 17, 31, 32, 33, 49];
        int[] depths = [1, 2, 7, 8, 9, 15, 16, 17, 33];
        foreach (int m in rows)
        {
            foreach (int n in columns)
            {
                int k = depths[(m + n) % depths.Length];
                using var test = new Case(m, n, k, ta, tb, accumulate: (m + n + k) % 2 == 0, Workers.Serial, padding: m % 3, atEnd: n % 4 != 0);
                test.Check();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Transpositions))]
    public void BlocksOfKAndTilesOfMAndNEqualTheReference(bool ta, bool tb)
    {
        Workers workers = Workers.Start(3);
        foreach ((int m, int n, int k) in new[] { (3, 70, 383), (17, 35, 384), (5, 33, 385), (20, 40, 769), (170, 33, 50), (339, 9, 17), (15, 545, 20), (200, 200, 33), (1, 300, 400), (1, 515, 385), (300, 1, 400), (1, 1, 2000), (17, 130, 32), (33, 300, 385), (47, 515, 33), (63, 70, 800), (31, 64, 769), (673, 70, 40), (701, 9, 385) })
        {
            using var test = new Case(m, n, k, ta, tb, accumulate: m % 2 == 0, workers, padding: n % 5);
            test.Check();
        }
        workers.Stop();
    }

    [Theory]
    [MemberData(nameof(Transpositions))]
    public void ABatchEqualsTheReference(bool ta, bool tb)
    {
        Workers workers = Workers.Start(3);
        foreach ((int batch, int m, int n, int k) in new[] { (1, 4, 4, 4), (7, 3, 5, 2), (100, 2, 3, 4), (12, 40, 33, 20), (3, 180, 40, 16) })
        {
            using var test = new Case(m, n, k, ta, tb, accumulate: false, workers, padding: 1, batch);
            test.Check();
        }
        workers.Stop();
    }

    [Fact]
    public void EmptySizesAreHandled()
    {
        foreach (bool accumulate in new[] { false, true })
        {
            foreach ((int m, int n, int k) in new[] { (3, 5, 0), (0, 5, 3), (3, 0, 3), (0, 0, 0) })
            {
                using var test = new Case(m, n, k, false, false, accumulate, Workers.Serial);
                test.Check();
            }
        }
    }

    [Fact]
    public void ARowHasTheSameBitsAloneAndInAnyBatch()
    {
        const int M = 61, N = 83, K = 901;
        using NativeBuffer a = NativeBuffer.Allocate(M * K * 4), b = NativeBuffer.Allocate(K * N * 4), c = NativeBuffer.Allocate(M * N * 4), one = NativeBuffer.Allocate(N * 4);
        using NativeBuffer workspace = NativeBuffer.Allocate(MatMul.WorkspaceBytes(M, N, K, Workers.Serial));
        Fill(a.AsSpan<float>(), 1);
        Fill(b.AsSpan<float>(), 2);
        MatMul.Run(new MatMulArgs<float>((float*)a.Pointer, (float*)b.Pointer, (float*)c.Pointer, M, N, K), Workers.Serial, workspace.Pointer);
        for (int i = 0; i < M; i++)
        {
            MatMul.Run(new MatMulArgs<float>((float*)a.Pointer + (i * K), (float*)b.Pointer, (float*)one.Pointer, 1, N, K), Workers.Serial, workspace.Pointer);
            one.AsSpan<float>().SequenceEqual(c.AsSpan<float>().Slice(i * N, N)).ShouldBeTrue();
        }
    }

    [Fact]
    public void TheReferenceAgreesWithTheDefinitionInF64()
    {
        const int M = 7, N = 9, K = 1000;
        float[] a = new float[M * K], b = new float[K * N], c = new float[M * N];
        double[] wideA, wideB, wideC = new double[M * N];
        Fill(a, 1);
        Fill(b, 2);
        wideA = [.. a.Select(x => (double)x)];
        wideB = [.. b.Select(x => (double)x)];
        fixed (float* pa = a, pb = b, pc = c)
        fixed (double* wa = wideA, wb = wideB, wc = wideC)
        {
            MatMul.Reference(new MatMulArgs<float>(pa, pb, pc, M, N, K));
            MatMul.Reference(new MatMulArgs<double>(wa, wb, wc, M, N, K));
        }
        for (int i = 0; i < M; i++)
        {
            for (int j = 0; j < N; j++)
            {
                decimal exact = 0;
                for (int k = 0; k < K; k++)
                    exact += (decimal)wideA[(i * K) + k] * (decimal)wideB[(k * N) + j];
                wideC[(i * N) + j].ShouldBe((double)exact, 1e-12);
                ((double)c[(i * N) + j]).ShouldBe((double)exact, 2e-5);
            }
        }
    }

    [Theory]
    [InlineData(1, 50, 500)]
    [InlineData(30, 40, 20)]
    [InlineData(5, 7, 0)]
    public void AnEpilogueIsAppliedOnceToTheFinishedSum(int m, int n, int k)
    {
        using var a = new GuardedBuffer<float>(m * k);
        using var b = new GuardedBuffer<float>(k * n);
        using var c = new GuardedBuffer<float>(m * n);
        using var columnBias = new GuardedBuffer<float>(n);
        using var rowBias = new GuardedBuffer<float>(m);
        using NativeBuffer workspace = NativeBuffer.Allocate(MatMul.WorkspaceBytes(m, n, k, Workers.Serial));
        Fill(a.Span, 1);
        Fill(b.Span, 2);
        Fill(columnBias.Span, 3);
        Fill(rowBias.Span, 4);
        var args = new MatMulArgs<float>(a.Pointer, b.Pointer, c.Pointer, m, n, k);
        MatMul.Reference(args);
        float[] product = c.Span.ToArray();
        foreach (InstructionSet set in Sets())
        {
            var epilogue = new Then<ColumnBias, ReluEpilogue>(new ColumnBias(columnBias.Pointer), default);
            MatMul.Run(args, epilogue, Workers.Serial, workspace.Pointer, MicroKernels.For(set));
            for (int i = 0; i < m * n; i++)
                c.Pointer[i].ShouldBe(MathF.Max(0, product[i] + columnBias.Pointer[i % n]));
            MatMul.Run(args, new RowBias(rowBias.Pointer), Workers.Serial, workspace.Pointer, MicroKernels.For(set));
            for (int i = 0; i < m * n; i++)
                c.Pointer[i].ShouldBe(product[i] + rowBias.Pointer[i / n]);
        }
    }

    [Fact]
    public void ReluKeepsNotANumber()
    {
        float* c = stackalloc float[20];
        for (int i = 0; i < 20; i++)
            c[i] = i % 2 == 0 ? float.NaN : -i;
        default(ReluEpilogue).Apply(c, 20, 0, 0);
        for (int i = 0; i < 20; i++)
            c[i].ShouldBe(i % 2 == 0 ? float.NaN : 0);
    }

    [Fact]
    public void AProductAllocatesNothing()
    {
        Workers workers = Workers.Start(2);
        const int M = 64, N = 64, K = 64;
        using NativeBuffer a = NativeBuffer.Allocate(M * K * 4), b = NativeBuffer.Allocate(K * N * 4), c = NativeBuffer.Allocate(M * N * 4);
        using NativeBuffer workspace = NativeBuffer.Allocate(MatMul.WorkspaceBytes(M, N, K, workers));
        var args = new MatMulArgs<float>((float*)a.Pointer, (float*)b.Pointer, (float*)c.Pointer, M, N, K);
        for (int i = 0; i < 50; i++)
            MatMul.Run(args, workers, workspace.Pointer);
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 20; i++)
                MatMul.Run(args, workers, workspace.Pointer);
        }).ShouldBe(0);
        workers.Stop();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(17, 17)]
    [InlineData(100, 100)]
    [InlineData(384, 384)]
    [InlineData(385, 208)]
    [InlineData(768, 384)]
    [InlineData(769, 272)]
    [InlineData(4096, 384)]
    public void BlocksOfKAreEqualAndBounded(int k, int length) => KBlocks.Length(k).ShouldBe(length);
}
