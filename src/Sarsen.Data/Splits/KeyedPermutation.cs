using Sarsen.Tensors;

namespace Sarsen.Data.Splits;

/// <summary>
/// A permutation of 0 .. n - 1 that is computed element by element, without memory: any position can be asked for, so a
/// run that resumes goes on where it was. It is a generalised Feistel network: x is written as (l, r) with l below
/// a = ⌈√n⌉, made even, and r below b = ⌈n / a⌉; sixteen rounds take turns with l ← l + f(r) mod a and r ← r + f(l) mod b,
/// where f is a draw of Philox for the key, the round and the half; a result of n or more goes through again (cycle
/// walking). With an odd a and b all rounds would be even permutations, and with eight rounds a handful of elements would
/// favour some orders. Source: Black, Rogaway, «Ciphers with Arbitrary Finite Domains», CT-RSA 2002, section 5.
/// </summary>
public readonly struct KeyedPermutation
{
    private const int Rounds = 16;

    private readonly Rng _rng;
    private readonly long _left, _right;

    /// <param name="count">n, zero or more, below 2^62.</param>
    /// <param name="key">Seed and name.</param>
    /// <param name="index">Which of the key's permutations: the epoch.</param>
    public KeyedPermutation(long count, RngKey key, long index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(count, 1L << 62);
        Count = count;
        _rng = new Rng(key, 0, index);
        _left = Math.Max(2, (long)Math.Ceiling(Math.Sqrt(count)));
        _left += _left & 1;
        _right = Math.Max(1, (count + _left - 1) / _left);
    }

    public long Count { get; }

    /// <summary>Where <paramref name="position"/> goes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not in 0 .. Count - 1.</exception>
    public long this[long position]
    {
        get
        {
            if ((ulong)position >= (ulong)Count)
                throw new ArgumentOutOfRangeException(nameof(position), position, $"a position in 0 .. {Count - 1} expected");
            long x = position;
            do
                x = Once(x);
            while (x >= Count);
            return x;
        }
    }

    private long Once(long x)
    {
        (long l, long r) = Math.DivRem(x, _right);
        for (int round = 0; round < Rounds; round += 2)
        {
            l = (l + _rng.AtStep(round).Below(r, _left)) % _left;
            r = (r + _rng.AtStep(round + 1).Below(l, _right)) % _right;
        }
        return l * _right + r;
    }
}
