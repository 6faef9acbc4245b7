using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sarsen.Tensors.Kernels;

/// <summary>Short rows of floats. The ends of a row are done by vectors that overlap, in place of a loop over the rest.</summary>
internal static unsafe class Blocks
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* source, float* target, nint count)
    {
        nint i = 0;
        if (count >= 8)
        {
            for (; i <= count - 16; i += 16)
                Vector512.Load(source + i).Store(target + i);
            if (i <= count - 8)
                Vector256.Load(source + i).Store(target + i);
            if (i < count)
                Vector256.Load(source + count - 8).Store(target + count - 8);
        }
        else if (count >= 4)
        {
            Vector128<float> first = Vector128.Load(source), last = Vector128.Load(source + count - 4);
            first.Store(target);
            last.Store(target + count - 4);
        }
        else
        {
            for (; i < count; i++)
                target[i] = source[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(float* target, nint count)
    {
        nint i = 0;
        if (count >= 8)
        {
            for (; i <= count - 16; i += 16)
                Vector512<float>.Zero.Store(target + i);
            if (i <= count - 8)
                Vector256<float>.Zero.Store(target + i);
            Vector256<float>.Zero.Store(target + count - 8);
            return;
        }
        for (; i < count; i++)
            target[i] = 0;
    }
}
