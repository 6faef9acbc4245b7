using System.Runtime.InteropServices;
using Sarsen.Tensors;

namespace Sarsen.Data.Batches;

/// <summary>
/// Windows of a stream of N tokens, T long, each with the tokens that follow its own: input x[s .. s+T-1], target
/// x[s+1 .. s+T], both I64 (T). Drawn windows begin anywhere, s uniform in 0 .. N-T-1 by Philox from (seed, «windows», epoch,
/// index); others follow one another from the stream's beginning, s = index · T, and what is left at its end, less than a
/// window, is in none.
/// </summary>
internal sealed class TokenWindows : SampleSet
{
    private readonly int[] _tokens;
    private readonly int _length;
    private readonly ulong _seed;
    private readonly RngKey _key;

    /// <param name="tokens">The stream, of at least T + 1 tokens.</param>
    /// <param name="length">T.</param>
    /// <param name="count">Windows that an epoch draws; null: windows follow one another.</param>
    /// <param name="seed">Of what is drawn.</param>
    public TokenWindows(int[] tokens, int length, long? count, ulong seed)
        : base(new SampleLayout(DType.I64, new Shape(length)), new SampleLayout(DType.I64, new Shape(length)), [], augments: count is not null)
    {
        (_tokens, _length, _seed, _key) = (tokens, length, seed, new RngKey(seed, "windows"));
        Count = count ?? Whole(tokens.Length, length);
    }

    public override long Count { get; }

    public override bool IsSpooled => false;

    public override SampleSet WithoutAugmentation() => new TokenWindows(_tokens, _length, count: null, _seed);

    /// <summary>Windows of <paramref name="length"/> tokens that follow one another in so many.</summary>
    public static long Whole(long tokens, int length) => (tokens - 1) / length;

    private protected override void ReadChecked(long index, long epoch, Span<byte> input, Span<byte> target)
    {
        int start = Augments ? (int)new Rng(_key, epoch, index).Below(0, _tokens.Length - _length) : (int)(index * _length);
        Span<long> ids = MemoryMarshal.Cast<byte, long>(input), next = MemoryMarshal.Cast<byte, long>(target);
        for (int i = 0; i < _length; i++)
            (ids[i], next[i]) = (_tokens[start + i], _tokens[start + i + 1]);
    }

    public override void Dispose()
    {
    }
}
