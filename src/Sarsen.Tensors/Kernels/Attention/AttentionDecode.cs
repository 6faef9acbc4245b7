using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Attention of a few queries to the keys of a cache: lanes are keys for the scores and elements of a head for the result,
/// so that one query keeps the vectors full. Terms are those of <see cref="AttentionForward{TKeys}"/>, in its order: equal
/// bits. A chunk is a head of keys of one sequence, with all queries that share it.
/// </summary>
internal unsafe struct AttentionDecode : IVectorChunk
{
    private const int Block = AttentionArgs<float>.KeyBlock;
    private const int Tiles = Block / KvBlocks.Positions;

    public AttentionArgs<float> Args;
    public KvBlocks Blocks;
    public AttentionBlock* Sequences;
    public float* Scratch;
    public long LaneFloats;

    /// <summary>
    /// Queries of a sequence up to which this is faster than packing the keys for sixteen columns: about 600 cycles a query
    /// and block of keys, against 8,000.
    /// </summary>
    public const int MostQueries = 8;

    public static long ScratchFloats(int headDim, int group) =>
        MostQueries * group * Row.Floats(headDim) + Block + Tiles * 2L * KvBlocks.Positions * headDim;

    public readonly void Run<V>(int chunk, int lane) where V : struct, IVector<V>
    {
        long sequence = Sequences[chunk / Args.KvHeads].Sequence;
        int kvHead = chunk % Args.KvHeads, group = Args.Group;
        nint dim = Args.HeadDim;
        AttentionSpan span = Args.Span(sequence);
        nint rows = (nint)span.Queries * group;
        float* memory = Scratch + lane * LaneFloats;
        float* terms = memory + MostQueries * group * Row.Floats((int)dim), converted = terms + Block;
        float** tiles = stackalloc float*[Tiles];

        for (nint r = 0; r < rows; r++)
            new Row(memory, dim, r).Load<V>(Query(span, kvHead, r), (float)Args.Scale);
        (long from, long to) = Args.Visible(span, 0, span.Queries);
        for (long key = from / Block * Block; key < to; key += Block)
        {
            for (int t = 0; t < Tiles; t++)
            {
                bool used = key + t * KvBlocks.Positions < to;
                tiles[t] = used ? Blocks.Tile(sequence, kvHead, key + t * KvBlocks.Positions, converted + t * Blocks.HeadElements) : tiles[0];
            }
            for (nint r = 0; r < rows; r++)
            {
                (long rowFrom, long rowTo) = Args.Visible(span, r / group, 1);
                nint n = (nint)Math.Min(Block, rowTo - key);
                if (n > 0 && key + n > rowFrom)
                    new Row(memory, dim, r).Add<V>(tiles, (nint)Math.Max(0, rowFrom - key), n, (float)Args.Softcap, terms);
            }
        }
        for (nint r = 0; r < rows; r++)
        {
            nint at = (nint)span.Query + r / group, head = kvHead * group + r % group;
            new Row(memory, dim, r).Store<V>(Args.Y + (at * Args.Heads + head) * dim);
        }
    }

    private readonly float* Query(in AttentionSpan span, int kvHead, nint row) =>
        Args.Q + ((nint)span.Query + row / Args.Group) * Args.QueryStride + (kvHead * Args.Group + row % Args.Group) * Args.HeadDim;

    /// <summary>One query of one head and its result so far, in the scratch memory of a thread.</summary>
    private readonly struct Row
    {
        private readonly nint _dim;

        /// <summary>Scaled; then the result, with zeros up to whole vectors.</summary>
        private readonly float* _q, _result;

        /// <summary>Sixteen times the maximum; sixteen times the sum.</summary>
        private readonly float* _max, _sum;

        public Row(float* rows, nint dim, nint index)
        {
            nint padded = (nint)AttentionPanels.Aligned(dim);
            _dim = dim;
            _q = rows + index * (nint)Floats((int)dim);
            _result = _q + padded;
            _max = _result + padded;
            _sum = _max + 16;
        }

        public static long Floats(int dim) => 2 * AttentionPanels.Aligned(dim) + 32;

        public void Load<V>(float* q, float scale) where V : struct, IVector<V>
        {
            V zero = V.Create(0);
            for (nint d = 0; d < _dim; d += 16)
            {
                (V.Load(q + d, nint.Min(16, _dim - d)) * V.Create(scale)).Store(_q + d);
                zero.Store(_result + d);
            }
            V.Create(float.NegativeInfinity).Store(_max);
            zero.Store(_sum);
        }

        /// <summary>One block of keys, of which those from <paramref name="from"/> up to, not with, <paramref name="to"/> are seen.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Add<V>(float** tiles, nint from, nint to, float cap, float* terms) where V : struct, IVector<V>
        {
            float* q = _q, k0 = tiles[0], k1 = tiles[1], k2 = tiles[2], k3 = tiles[3];
            V s0 = V.Create(0), s1 = s0, s2 = s0, s3 = s0;
            for (nint d = 0; d < _dim; d++)
            {
                V x = V.Create(q[d]);
                s0 = V.Fma(V.Load(k0 + d * 16), x, s0);
                s1 = V.Fma(V.Load(k1 + d * 16), x, s1);
                s2 = V.Fma(V.Load(k2 + d * 16), x, s2);
                s3 = V.Fma(V.Load(k3 + d * 16), x, s3);
            }
            if (cap > 0)
            {
                V highest = V.Create(cap);
                (s0, s1, s2, s3) = (ScoreCap.Of(s0, highest), ScoreCap.Of(s1, highest), ScoreCap.Of(s2, highest), ScoreCap.Of(s3, highest));
            }
            if (from > 0 || to < Block)
            {
                s0 = Seen(s0, from, to);
                s1 = Seen(s1, from - 16, to - 16);
                s2 = Seen(s2, from - 32, to - 32);
                s3 = Seen(s3, from - 48, to - 48);
            }
            V old = V.Load(_max), most = Greater(Greater(s0, s1), Greater(s2, s3));
            V max = Greater(old, V.Create(Lanes.MaxOf(most)));
            max.Store(_max);
            V shift = V.Select(V.Equal(max, V.Create(float.NegativeInfinity)), V.Create(0), max), fade = Exp.Of(old - shift);
            Exp.Of(s0 - shift).Store(terms);
            Exp.Of(s1 - shift).Store(terms + 16);
            Exp.Of(s2 - shift).Store(terms + 32);
            Exp.Of(s3 - shift).Store(terms + 48);

            float sum = 0;
            for (nint j = 0; j < to; j++)
                sum += terms[j];
            (V.Load(_sum) * fade + V.Create(sum)).Store(_sum);
            nint done = 0;
            for (; done <= _dim - 64; done += 64)
                Values64(tiles, to, terms, done, fade);
            for (; done < _dim; done += 16)
                Values16(tiles, to, terms, done, fade);
        }

        public void Store<V>(float* y) where V : struct, IVector<V>
        {
            V sum = V.Load(_sum), divisor = V.Select(V.Equal(sum, V.Create(0)), V.Create(1), sum);
            for (nint d = 0; d < _dim; d += 16)
                (V.Load(_result + d) / divisor).Store(y + d, nint.Min(16, _dim - d));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Values64<V>(float** tiles, nint to, float* terms, nint at, V fade) where V : struct, IVector<V>
        {
            V a = V.Create(0), b = a, c = a, e = a;
            for (nint j = 0; j < to;)
            {
                float* row = tiles[j / 16] + 16 * _dim + at;
                nint end = nint.Min(to, j + 16);
                for (; j < end; j++, row += _dim)
                {
                    V p = V.Create(terms[j]);
                    a = V.Fma(V.Load(row), p, a);
                    b = V.Fma(V.Load(row + 16), p, b);
                    c = V.Fma(V.Load(row + 32), p, c);
                    e = V.Fma(V.Load(row + 48), p, e);
                }
            }
            float* result = _result + at;
            (V.Load(result) * fade + a).Store(result);
            (V.Load(result + 16) * fade + b).Store(result + 16);
            (V.Load(result + 32) * fade + c).Store(result + 32);
            (V.Load(result + 48) * fade + e).Store(result + 48);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Values16<V>(float** tiles, nint to, float* terms, nint at, V fade) where V : struct, IVector<V>
        {
            V sum = V.Create(0);
            nint n = nint.Min(16, _dim - at);
            for (nint j = 0; j < to; j++)
                sum = V.Fma(V.Load(tiles[j / 16] + (16 + j % 16) * _dim + at, n), V.Create(terms[j]), sum);
            (V.Load(_result + at) * fade + sum).Store(_result + at);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Greater<V>(V a, V b) where V : struct, IVector<V> => V.Select(V.Less(a, b), b, a);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Seen<V>(V scores, nint from, nint to) where V : struct, IVector<V>
        {
            V none = V.Create(float.NegativeInfinity);
            scores = V.Select(Lanes.First<V>(nint.Clamp(to, 0, 16)), scores, none);
            return V.Select(Lanes.First<V>(nint.Clamp(from, 0, 16)), none, scores);
        }
    }
}
