namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Sixteen f32 lanes, held in whatever registers the machine has. Kernels are written once against this and run as
/// <see cref="Vector512Lanes"/>, <see cref="Vector256Lanes"/>, <see cref="Vector128Lanes"/> or <see cref="ScalarLanes"/>,
/// with equal bits: every operation is IEEE 754 on each lane, and sums over lanes have one fixed tree.
/// </summary>
/// <remarks>
/// Sixteen lanes on all widths make the 16 virtual lanes of a row reduction the plain accumulator, and give narrow
/// machines independent chains to fill their pipelines. The payload and sign of a NaN are not part of the contract.
/// A mask has all bits of a lane set, or none.
/// </remarks>
public unsafe interface IVector<TSelf> where TSelf : struct, IVector<TSelf>
{
    /// <summary>Lanes of every vector.</summary>
    const int Count = 16;

    static abstract bool IsSupported { get; }

    static abstract TSelf Create(float value);

    /// <summary>Every lane holds these bits.</summary>
    static abstract TSelf FromBits(int bits);

    static abstract TSelf Load(float* source);

    /// <summary>The first <paramref name="count"/> (0 .. 16) elements, +0 in the other lanes; nothing beyond them is read.</summary>
    static abstract TSelf Load(float* source, nint count);

    /// <summary>Every second of 31 elements.</summary>
    static abstract TSelf LoadEven(float* source);

    /// <summary>Every second element, the first <paramref name="count"/> (1 .. 16) of them, +0 in the other lanes; 2 · count − 1 elements are read.</summary>
    static abstract TSelf LoadEven(float* source, nint count);

    /// <summary>32 elements: those at even places, and those at odd ones.</summary>
    static abstract void LoadPairs(float* source, out TSelf even, out TSelf odd);

    void Store(float* destination);

    /// <summary>Writes 32 elements, those of <paramref name="even"/> at even places: the way back of <see cref="LoadPairs"/>.</summary>
    static abstract void StorePairs(TSelf even, TSelf odd, float* destination);

    /// <summary>Writes the first <paramref name="count"/> (0 .. 16) lanes and nothing beyond.</summary>
    void Store(float* destination, nint count);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    static abstract TSelf operator &(TSelf a, TSelf b);

    static abstract TSelf operator |(TSelf a, TSelf b);

    static abstract TSelf operator ^(TSelf a, TSelf b);

    /// <summary>a · b + c with one rounding.</summary>
    static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Sqrt(TSelf a);

    /// <summary>Mask of a &lt; b; false where either is NaN.</summary>
    static abstract TSelf Less(TSelf a, TSelf b);

    /// <summary>Mask of a ≤ b; false where either is NaN.</summary>
    static abstract TSelf LessOrEqual(TSelf a, TSelf b);

    /// <summary>Mask of a = b; false where either is NaN.</summary>
    static abstract TSelf Equal(TSelf a, TSelf b);

    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>The sum of the lanes' bits as i32, wrapping.</summary>
    static abstract TSelf AddBits(TSelf a, TSelf b);

    static abstract TSelf SubtractBits(TSelf a, TSelf b);

    static abstract TSelf ShiftLeft(TSelf a, int count);

    /// <summary>Shifts the bits right and repeats the sign.</summary>
    static abstract TSelf ShiftRight(TSelf a, int count);

    /// <summary>
    /// The sum of the lanes in f64 by the fixed tree: s[i] = a[i] + a[i + 8], then s[i] + s[i + 4], + 2, + 1.
    /// </summary>
    static abstract double Sum(TSelf a);
}
