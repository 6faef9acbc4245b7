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

    /// <summary>Lane i is that lane of <paramref name="a"/> whose number, 0 .. 15, are the bits of lane i of <paramref name="lanes"/>.</summary>
    static abstract TSelf Permute(TSelf a, TSelf lanes);

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
    /// Lanes as four bytes each: the sums of neighbouring products in i16, u[2i] · s[2i] + u[2i + 1] · s[2i + 1], u unsigned and s signed.
    /// They must fit: what saturates is not part of the contract.
    /// </summary>
    static abstract TSelf MultiplyBytes(TSelf u, TSelf s);

    /// <summary>Lanes as two i16 each: the sum of their products in i32.</summary>
    static abstract TSelf MultiplyWords(TSelf a, TSelf b);

    /// <summary>Lanes as two i16 each, added; sums must fit.</summary>
    static abstract TSelf AddWords(TSelf a, TSelf b);

    /// <summary>32 signed bytes as i16, two to a lane.</summary>
    static abstract TSelf WidenBytes(sbyte* source);

    /// <summary>16 unsigned bytes as i32.</summary>
    static abstract TSelf LoadBytes(byte* source);

    /// <summary>16 signed bytes as i32.</summary>
    static abstract TSelf LoadBytes(sbyte* source);

    /// <summary>16 words as i32, the sign repeated.</summary>
    static abstract TSelf LoadWords(short* source);

    /// <summary>Writes 16 lanes of i32 as bytes; they must fit.</summary>
    void StoreBytes(sbyte* destination);

    /// <summary>The lanes' i32 as f32, rounded to the nearest.</summary>
    static abstract TSelf ToFloat(TSelf a);

    /// <summary>
    /// The sum of the lanes in f64 by the fixed tree: s[i] = a[i] + a[i + 8], then s[i] + s[i + 4], + 2, + 1.
    /// </summary>
    static abstract double Sum(TSelf a);
}
