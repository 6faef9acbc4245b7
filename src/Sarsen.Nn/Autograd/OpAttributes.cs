using System.Runtime.CompilerServices;

namespace Sarsen.Nn.Autograd;

/// <summary>
/// The constants of one use of an operation (a stride, an axis, a probability), held inline so that recording an
/// operation allocates nothing.
/// </summary>
public struct OpAttributes
{
    private const int Words = 20;

    [InlineArray(Words)]
    private struct Storage
    {
        private long _first;
    }

    private Storage _storage;

    /// <param name="value">The operation's own record of constants, at most 160 bytes.</param>
    public static OpAttributes Of<T>(in T value) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() > Words * sizeof(long))
            throw new NotSupportedException($"{typeof(T).Name} is larger than the {Words * sizeof(long)} bytes that attributes hold");
        OpAttributes attributes = default;
        Unsafe.As<Storage, T>(ref attributes._storage) = value;
        return attributes;
    }

    /// <summary>The words, for a name of what was computed with them.</summary>
    public override readonly string ToString() => string.Join(',', ((ReadOnlySpan<long>)_storage).ToArray().Select(w => w.ToString("x")));

    public readonly T As<T>() where T : unmanaged => Unsafe.As<Storage, T>(ref Unsafe.AsRef(in _storage));
}
