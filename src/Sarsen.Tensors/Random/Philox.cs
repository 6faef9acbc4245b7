namespace Sarsen.Tensors;

/// <summary>
/// Philox4x32-10: ten rounds that turn a 128-bit counter and a 64-bit key into 128 random bits. There is no state:
/// any element of a stream is computed alone, so results do not depend on chunks, threads or ranks.
/// Source: Salmon, Moraes, Dror, Shaw, «Parallel Random Numbers: As Easy as 1, 2, 3», SC 2011, section 3.3.
/// </summary>
public static class Philox
{
    /// <summary>One block of four words.</summary>
    public readonly record struct Block(uint X0, uint X1, uint X2, uint X3)
    {
        /// <summary>Word 0 .. 3; higher bits of <paramref name="lane"/> are ignored.</summary>
        public uint this[int lane] => (lane & 3) switch { 0 => X0, 1 => X1, 2 => X2, _ => X3 };
    }

    public static Block Generate(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        const ulong m0 = 0xD2511F53, m1 = 0xCD9E8D57;
        const uint w0 = 0x9E3779B9, w1 = 0xBB67AE85;
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = m0 * c0, p1 = m1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += w0;
            k1 += w1;
        }
        return new Block(c0, c1, c2, c3);
    }
}
