namespace Sarsen.Nn.Ops;

/// <summary>
/// What a recurrent layer does with sequences of different lengths L (N): from step L_n on sequence n keeps its state, its
/// outputs are zero, and no gradient comes from there. Each is computed as it would be alone, in a batch of any length.
/// </summary>
internal static unsafe class RecurrentLengths
{
    /// <summary>Copies the rows of sequences that ended before step t.</summary>
    public static void CopyEnded<T>(long* lengths, long t, long batch, long size, T* from, T* to) where T : unmanaged
    {
        for (long n = 0; n < batch; n++)
        {
            if (t >= lengths[n])
                Typed.Copy(from + n * size, to + n * size, size);
        }
    }

    /// <summary>Zeros in the rows of sequences that ended before step t.</summary>
    public static void ClearEnded<T>(long* lengths, long t, long batch, long size, T* at) where T : unmanaged
    {
        for (long n = 0; n < batch; n++)
        {
            if (t >= lengths[n])
                Typed.Clear(at + n * size, size);
        }
    }
}
