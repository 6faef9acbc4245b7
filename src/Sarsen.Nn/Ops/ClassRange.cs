using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>Class numbers are looked at before a kernel indexes with them.</summary>
internal static unsafe class ClassRange
{
    /// <exception cref="ArgumentOutOfRangeException">A class is neither in 0 … classes - 1 nor the ignored one.</exception>
    public static void Check(string operation, long* targets, long count, long classes, long ignoreIndex)
    {
        long at = CrossEntropy.FirstOutside(targets, count, classes, ignoreIndex);
        if (at >= 0)
            throw new ArgumentOutOfRangeException(nameof(targets), targets[at], $"{operation}: the class of row {at} must be in 0 … {classes - 1}, or {ignoreIndex} to be ignored");
    }
}
