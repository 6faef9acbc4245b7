using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>Which of sixteen queries, at positions one after the other, may see a key.</summary>
internal readonly unsafe struct AttentionMask
{
    private readonly bool _causal;
    private readonly long _window;
    private readonly long _position;

    /// <param name="args">Whether and how far queries look back.</param>
    /// <param name="position">The position of the first of the queries.</param>
    public AttentionMask(in AttentionArgs<float> args, long position)
    {
        (_causal, _window, _position) = (args.Causal, args.Window, position);
    }

    /// <summary>Do all sixteen see all keys from <paramref name="from"/> up to, not with, <paramref name="to"/>.</summary>
    public bool IsOpen(long from, long to) => !_causal || (to - 1 <= _position && (_window == 0 || _position + 15 - from < _window));

    /// <summary>The lanes whose query sees a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of<V>(long key) where V : struct, IVector<V>
    {
        V lane = V.Load((float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Lane)));
        // Lane i sees it from i = key - position on, for as long as the window is. Distances are cut where all lanes agree.
        long first = Math.Clamp(key - _position, -1, 16);
        V sees = V.LessOrEqual(V.Create(first), lane);
        return _window == 0 ? sees : sees & V.Less(lane, V.Create(Math.Clamp(key - _position + _window, -1, 16)));
    }

    // Constant data of the assembly, which does not move.
    private static ReadOnlySpan<float> Lane => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
}
