using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>The rule of most operations: F32 throughout, or F64 throughout for gradient checks.</summary>
internal static class FloatPair
{
    /// <exception cref="NotSupportedException">The types differ, or are neither F32 nor F64.</exception>
    public static void Check(string operation, params ReadOnlySpan<TensorInfo> inputs)
    {
        DType type = inputs[0].DType;
        bool fits = type is DType.F32 or DType.F64;
        foreach (ref readonly TensorInfo input in inputs)
            fits &= input.DType == type;
        if (!fits)
            throw new NotSupportedException($"{operation}: F32 expected, or F64 throughout; given {string.Join(", ", inputs.ToArray().Select(i => i.DType))}: cast first");
    }
}
