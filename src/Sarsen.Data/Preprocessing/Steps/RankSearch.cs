namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>Finds the value of one rank among values that are seen several times over: a radix search from the top bits down.</summary>
/// <param name="rank">From 0.</param>
internal sealed class RankSearch(long rank)
{
    public const int Passes = 64 / Digit;

    private const int Digit = 16;

    private readonly long[] _counts = new long[1 << Digit];
    private long _rank = rank;
    private ulong _prefix;
    private int _known;

    /// <summary>The value, after <see cref="Passes"/> passes.</summary>
    public double Value => BitConverter.UInt64BitsToDouble((_prefix >> 63) != 0 ? _prefix & ~(1UL << 63) : ~_prefix);

    public void Count(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        // Unsigned keys in the order of the values: negative ones are reversed and come first.
        ulong key = (bits >> 63) != 0 ? ~bits : bits | 1UL << 63;
        if (_known == 0 || key >> (64 - _known) == _prefix >> (64 - _known))
            _counts[(int)(key >> (64 - _known - Digit)) & ((1 << Digit) - 1)]++;
    }

    /// <summary>Ends a pass: fixes the next digit.</summary>
    public void Narrow()
    {
        int digit = 0;
        while (_rank >= _counts[digit])
            _rank -= _counts[digit++];
        _prefix |= (ulong)digit << (64 - _known - Digit);
        _known += Digit;
        Array.Clear(_counts);
    }
}
