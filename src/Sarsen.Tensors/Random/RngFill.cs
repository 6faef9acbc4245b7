using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors;

/// <summary>
/// Fills of memory from a stream. Element i of the destination gets the draw of element <c>first + i</c>, so a fill in
/// pieces, by any number of threads, equals one fill. Nothing is allocated. Pointers must hold <c>count</c> elements;
/// <c>first + count</c> must not exceed <see cref="Rng.MaxElement"/>.
/// </summary>
public static unsafe class RngFill
{
    // Elements a chunk; a multiple of four, so that no two chunks share a block of words when first is one.
    private const int Grain = 1 << 13;

    /// <summary>low + (high - low) u with u uniform in [0, 1), a multiple of 2^-24.</summary>
    public static void Uniform(this Rng rng, Workers workers, float* destination, long count, float low = 0, float high = 1, long first = 0) =>
        Run(rng, workers, new UniformDraw { Low = low, Scale = high - low }, destination, count, first);

    /// <summary>low + (high - low) u with u uniform in [0, 1), the same values of u as the f32 fill.</summary>
    public static void Uniform(this Rng rng, Workers workers, double* destination, long count, double low = 0, double high = 1, long first = 0) =>
        Run(rng, workers, new UniformDraw { Low = low, Scale = high - low }, destination, count, first);

    /// <summary>Normal of the given mean and deviation, rounded from f64.</summary>
    public static void Normal(this Rng rng, Workers workers, float* destination, long count, double mean = 0, double deviation = 1, long first = 0) =>
        Run(rng, workers, new NormalDraw { Mean = mean, Deviation = deviation }, destination, count, first);

    /// <inheritdoc cref="Normal(Rng, Workers, float*, long, double, double, long)"/>
    public static void Normal(this Rng rng, Workers workers, double* destination, long count, double mean = 0, double deviation = 1, long first = 0) =>
        Run(rng, workers, new NormalDraw { Mean = mean, Deviation = deviation }, destination, count, first);

    /// <summary>Normal of the given mean and deviation, redrawn until it lies in [low, high].</summary>
    /// <exception cref="ArgumentException">The bounds hold too little of the distribution for redrawing to end soon.</exception>
    public static void TruncatedNormal(this Rng rng, Workers workers, float* destination, long count, double mean, double deviation, double low, double high, long first = 0) =>
        Run(rng, workers, TruncatedDraw.Checked(mean, deviation, low, high), destination, count, first);

    /// <inheritdoc cref="TruncatedNormal(Rng, Workers, float*, long, double, double, double, double, long)"/>
    public static void TruncatedNormal(this Rng rng, Workers workers, double* destination, long count, double mean, double deviation, double low, double high, long first = 0) =>
        Run(rng, workers, TruncatedDraw.Checked(mean, deviation, low, high), destination, count, first);

    /// <summary>1 with probability <paramref name="probability"/>, resolved to 2^-32, else 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in [0, 1].</exception>
    public static void Bernoulli(this Rng rng, Workers workers, byte* destination, long count, double probability, long first = 0) =>
        Run(rng, workers, new BernoulliDraw { Threshold = Threshold(probability) }, destination, count, first);

    /// <summary>Uniform over 0 .. <paramref name="n"/> - 1, without bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is less than one.</exception>
    public static void Below(this Rng rng, Workers workers, long* destination, long count, long n, long first = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        Run(rng, workers, new BelowDraw { N = n }, destination, count, first);
    }

    /// <summary>A uniformly random order of 0 .. Length - 1, by Fisher and Yates.</summary>
    public static void Permutation(this Rng rng, Span<long> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            int j = (int)rng.Below(i, i + 1);
            destination[i] = destination[j];
            destination[j] = i;
        }
    }

    /// <summary>Shuffles in place, by Fisher and Yates.</summary>
    public static void Shuffle<T>(this Rng rng, Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = (int)rng.Below(i, i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A word below this is a hit of the given probability: p 2^32, rounded.</summary>
    internal static ulong Threshold(double probability)
    {
        if (!(probability is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "a probability must be in 0 .. 1");
        return (ulong)Math.Round(probability * (1L << 32));
    }

    private static void Run<TDraw, T>(Rng rng, Workers workers, TDraw draw, T* destination, long count, long first)
        where TDraw : struct, IDraw<T> where T : unmanaged
    {
        if (first < 0 || count < 0 || first > Rng.MaxElement - count)
            throw new ArgumentOutOfRangeException(nameof(first), $"elements {first} .. {first} + {count} given, expected within 0 .. 2^48");
        var job = new FillJob<TDraw, T> { Rng = rng, Draw = draw, Destination = destination, Count = count, First = first };
        workers.For(ref job, checked((int)((count + Grain - 1) / Grain)));
    }

    private struct FillJob<TDraw, T> : IChunkJob where TDraw : struct, IDraw<T> where T : unmanaged
    {
        public Rng Rng;
        public TDraw Draw;
        public T* Destination;
        public long Count, First;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run(int chunk)
        {
            long begin = (long)chunk * Grain, end = Math.Min(Count, begin + Grain);
            T* four = stackalloc T[4];
            for (long i = begin; i < end;)
            {
                long element = First + i;
                int lane = (int)(element & 3);
                int n = (int)Math.Min(4 - lane, end - i);
                Draw.Four(Rng, element >> 2, four);
                for (int j = 0; j < n; j++)
                    Destination[i + j] = four[lane + j];
                i += n;
            }
        }
    }

    /// <summary>The draws of the four elements 4·block .. 4·block + 3.</summary>
    private interface IDraw<T> where T : unmanaged
    {
        void Four(Rng rng, long block, T* four);
    }

    private struct UniformDraw : IDraw<float>, IDraw<double>
    {
        public double Low, Scale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Four(Rng rng, long block, float* four)
        {
            Philox.Block b = rng.Block(block);
            float low = (float)Low, scale = (float)Scale;
            for (int j = 0; j < 4; j++)
                four[j] = low + scale * ((b[j] >> 8) * (1f / (1 << 24)));
        }

        public readonly void Four(Rng rng, long block, double* four)
        {
            Philox.Block b = rng.Block(block);
            for (int j = 0; j < 4; j++)
                four[j] = Low + Scale * ((b[j] >> 8) * (1.0 / (1 << 24)));
        }
    }

    private struct NormalDraw : IDraw<float>, IDraw<double>
    {
        public double Mean, Deviation;

        public readonly void Four(Rng rng, long block, double* four)
        {
            Philox.Block b = rng.Block(block);
            (four[0], four[1]) = BoxMuller.Pair(b.X0, b.X1);
            (four[2], four[3]) = BoxMuller.Pair(b.X2, b.X3);
            for (int j = 0; j < 4; j++)
                four[j] = Mean + Deviation * four[j];
        }

        public readonly void Four(Rng rng, long block, float* four) => Narrow(this, rng, block, four);
    }

    private struct TruncatedDraw : IDraw<float>, IDraw<double>
    {
        private double _mean, _deviation, _low, _high;

        public static TruncatedDraw Checked(double mean, double deviation, double low, double high)
        {
            // The mass is at least the width of the part within three deviations times its least density.
            double a = Math.Max((low - mean) / deviation, -3), b = Math.Min((high - mean) / deviation, 3);
            double far = Math.Max(Math.Abs(a), Math.Abs(b));
            if (!(deviation > 0) || !((b - a) * Math.Exp(-far * far / 2) > 0.01))
                throw new ArgumentException($"truncated normal: [{low}, {high}] holds too little of a normal with mean {mean} and deviation {deviation}; widen the bounds");
            return new TruncatedDraw { _mean = mean, _deviation = deviation, _low = low, _high = high };
        }

        public readonly void Four(Rng rng, long block, double* four)
        {
            double* tried = stackalloc double[4];
            int missing = 0b1111;
            for (int attempt = 0; missing != 0; attempt++)
            {
                Philox.Block b = rng.Block(block, rng.Key.Retry(attempt));
                (tried[0], tried[1]) = BoxMuller.Pair(b.X0, b.X1);
                (tried[2], tried[3]) = BoxMuller.Pair(b.X2, b.X3);
                for (int j = 0; j < 4; j++)
                {
                    double x = _mean + _deviation * tried[j];
                    if ((missing >> j & 1) == 0 || x < _low || x > _high)
                        continue;
                    four[j] = x;
                    missing &= ~(1 << j);
                }
            }
        }

        public readonly void Four(Rng rng, long block, float* four) => Narrow(this, rng, block, four);
    }

    private struct BernoulliDraw : IDraw<byte>
    {
        public ulong Threshold;

        public readonly void Four(Rng rng, long block, byte* four)
        {
            Philox.Block b = rng.Block(block);
            for (int j = 0; j < 4; j++)
                four[j] = (byte)(b[j] < Threshold ? 1 : 0);
        }
    }

    private struct BelowDraw : IDraw<long>
    {
        public long N;

        public readonly void Four(Rng rng, long block, long* four)
        {
            for (int j = 0; j < 4; j++)
                four[j] = rng.Below(block * 4 + j, N);
        }
    }

    private static void Narrow<TDraw>(TDraw draw, Rng rng, long block, float* four) where TDraw : struct, IDraw<double>
    {
        double* wide = stackalloc double[4];
        draw.Four(rng, block, wide);
        for (int j = 0; j < 4; j++)
            four[j] = (float)wide[j];
    }
}
