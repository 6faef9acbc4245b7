using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>A tensor that is to be written.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Shape">A scalar has no dimensions.</param>
public sealed record SafetensorsSpec(string Name, DType Type, Shape Shape)
{
    /// <summary>What its data takes in the file.</summary>
    public long Bytes => checked(Shape.Count * Type.Size());
}
