using System.Runtime.CompilerServices;

namespace Sarsen.Tensors;

/// <summary>
/// A place in a random stream: key (seed and stream name), step and global sample. Every draw names its element, so a
/// value depends on (seed, stream, step, sample, element) and on nothing else. The 128-bit counter of <see cref="Philox"/>
/// holds, from its low end, 48 bits of block (four 32-bit words each), 40 bits of sample and 40 bits of step.
/// </summary>
/// <remarks>
/// Different kinds of draw at the same element share bits: give each use its own stream name.
/// </remarks>
public readonly record struct Rng
{
    /// <summary>Steps and samples are below this, 2^40.</summary>
    public const long MaxIndex = 1L << 40;

    /// <summary>Elements of one (step, sample) are below this, 2^48.</summary>
    public const long MaxElement = 1L << 48;

    private readonly long _step;
    private readonly long _sample;

    public Rng(RngKey key, long step = 0, long sample = 0)
    {
        CheckIndex(step, nameof(step));
        CheckIndex(sample, nameof(sample));
        (Key, _step, _sample) = (key, step, sample);
    }

    public Rng(ulong seed, string stream, long step = 0, long sample = 0)
        : this(new RngKey(seed, stream), step, sample)
    {
    }

    public RngKey Key { get; }

    public long Step => _step;

    public long Sample => _sample;

    /// <summary>The stream of this name within this one, at the same step and sample.</summary>
    public Rng Stream(string name) => new(Key.Child(name), _step, _sample);

    public Rng AtStep(long step) => new(Key, step, _sample);

    public Rng AtSample(long sample) => new(Key, _step, sample);

    /// <summary>Words 4·block .. 4·block + 3 of the stream.</summary>
    public Philox.Block Block(long block) => Block(block, Key);

    /// <summary>Words 4·block … 4·block + 31, those of eight blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal unsafe void EightBlocks(long block, uint* words)
    {
        if (PhiloxLanes.IsSupported && (uint)block <= uint.MaxValue - 7)
        {
            PhiloxLanes.Generate((uint)block, Counter1(block), Counter2, Counter3, (uint)Key.Bits, (uint)(Key.Bits >> 32), words);
            return;
        }
        for (int i = 0; i < 8; i++)
        {
            Philox.Block four = Block(block + i);
            (words[4 * i], words[(4 * i) + 1], words[(4 * i) + 2], words[(4 * i) + 3]) = (four.X0, four.X1, four.X2, four.X3);
        }
    }

    /// <summary>32 random bits.</summary>
    public uint Word(long element) => Block(element >> 2)[(int)element];

    /// <summary>Uniform in [0, 1), a multiple of 2^-24.</summary>
    public float Uniform(long element) => (Word(element) >> 8) * (1f / (1 << 24));

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double UniformDouble(long element) => (Word64(element, Key) >> 11) * (1.0 / (1L << 53));

    /// <summary>Standard normal, by <see cref="BoxMuller"/>; at most 6.77 from zero.</summary>
    public double Normal(long element)
    {
        Philox.Block b = Block(element >> 2);
        (double even, double odd) = (element & 2) == 0 ? BoxMuller.Pair(b.X0, b.X1) : BoxMuller.Pair(b.X2, b.X3);
        return (element & 1) == 0 ? even : odd;
    }

    /// <summary>Uniform over the integers 0 .. <paramref name="n"/> - 1, without bias.</summary>
    /// <remarks>Lemire, «Fast Random Integer Generation in an Interval», TOMACS 2019; a rejected draw is redrawn.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is less than one.</exception>
    public long Below(long element, long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        ulong rejected = (0 - (ulong)n) % (ulong)n;
        for (int attempt = 0; ; attempt++)
        {
            ulong high = Math.BigMul(Word64(element, Key.Retry(attempt)), (ulong)n, out ulong low);
            if (low >= rejected)
                return (long)high;
        }
    }

    internal Philox.Block Block(long block, RngKey key) => Philox.Generate(
        (uint)block,
        Counter1(block),
        Counter2,
        Counter3,
        (uint)key.Bits,
        (uint)(key.Bits >> 32));

    private uint Counter1(long block) => (uint)(block >> 32) & 0xFFFF | (uint)_sample << 16;

    private uint Counter2 => (uint)(_sample >> 16) | (uint)_step << 24;

    private uint Counter3 => (uint)(_step >> 8);

    private ulong Word64(long element, RngKey key)
    {
        Philox.Block b = Block(element >> 1, key);
        return (element & 1) == 0 ? b.X0 | (ulong)b.X1 << 32 : b.X2 | (ulong)b.X3 << 32;
    }

    private static void CheckIndex(long index, string name)
    {
        if ((ulong)index >= MaxIndex)
            throw new ArgumentOutOfRangeException(name, index, $"Rng: {name} must be in 0 .. 2^40 - 1");
    }
}
