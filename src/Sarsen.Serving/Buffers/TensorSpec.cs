namespace Sarsen.Serving.Buffers;

/// <summary>What an input or an output is.</summary>
/// <param name="Name">Its name, unique among the inputs or the outputs.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Shape">Its dimensions, -1 where one is free; the first is the batch.</param>
public sealed record TensorSpec(string Name, DataType Type, params IReadOnlyList<long> Shape)
{
    /// <summary>Whether all dimensions but the batch are known.</summary>
    public bool HasKnownRows { get; } = !Shape.Skip(1).Contains(-1);

    /// <exception cref="InputException">The shape has other dimensions.</exception>
    public void CheckShape(ReadOnlySpan<long> shape)
    {
        bool same = shape.Length == Shape.Count;
        for (int i = 0; same && i < shape.Length; i++)
            same = shape[i] >= 0 && (Shape[i] == -1 || Shape[i] == shape[i]);
        if (!same)
            throw new InputException($"input '{Name}' has shape {Format(shape)}, expected {Format([.. Shape])} (-1 stands for any size)");
    }

    public override string ToString() => $"{Name} {Type.WireName()} {Format([.. Shape])}";

    public static string Format(ReadOnlySpan<long> shape) => $"[{string.Join(",", shape.ToArray())}]";
}
