namespace Sarsen.Tensors;

/// <summary>
/// Which random stream: a seed and a name («dropout.3», «shuffle», a parameter's path), mixed into Philox's 64-bit key.
/// Equal seeds with other names, and equal names with other seeds, give unrelated streams.
/// </summary>
public readonly record struct RngKey
{
    private RngKey(ulong bits) => Bits = bits;

    public RngKey(ulong seed, string stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Bits = Mix(Mix(seed) ^ Hash(stream));
    }

    public ulong Bits { get; }

    /// <summary>The stream of this name within this one.</summary>
    public RngKey Child(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new RngKey(Mix(Bits ^ Hash(name)));
    }

    /// <summary>The stream of draws that take the place of rejected ones.</summary>
    internal RngKey Retry(int attempt) => attempt == 0 ? this : new RngKey(Mix(Bits + (ulong)attempt));

    // FNV-1a over UTF-16 code units, high byte first.
    private static ulong Hash(string text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in text)
        {
            hash = (hash ^ (byte)(c >> 8)) * 0x100000001B3;
            hash = (hash ^ (byte)c) * 0x100000001B3;
        }
        return hash;
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), a bijection.
    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
