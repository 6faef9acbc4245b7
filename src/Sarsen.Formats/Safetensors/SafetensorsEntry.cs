using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">As the file says it.</param>
/// <param name="TypeName">The file's word for the element type, such as <c>BF16</c> or <c>F8_E4M3</c>.</param>
/// <param name="DType">The element type; null where the format knows it and tensors do not (8-bit and smaller floats, complex numbers).</param>
/// <param name="Shape">A scalar has no dimensions.</param>
/// <param name="Offset">Where its bytes begin, from the beginning of the file.</param>
/// <param name="Bytes">How many there are.</param>
public sealed record SafetensorsEntry(string Name, string TypeName, DType? DType, Shape Shape, long Offset, long Bytes);
