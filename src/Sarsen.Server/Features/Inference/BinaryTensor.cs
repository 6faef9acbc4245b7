using Sarsen.Serving;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>The elements of a tensor as raw bytes: row-major, little-endian, truth values a byte each, texts with their lengths.</summary>
internal static class BinaryTensor
{
    /// <exception cref="InputException">The bytes are not those of the shape.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape, TensorBuffer tensor)
    {
        int expected = TensorBuffer.ByteCount(tensor.Name, tensor.Type, shape);
        if (tensor.Type == DataType.Bytes)
        {
            // Each element has four bytes of length at the least: a shape that promises more elements is refused before they are counted.
            tensor.Reshape(shape);
            long elements = tensor.Elements;
            if (elements > bytes.Length / TensorBuffer.LengthBytes || TensorBuffer.EncodedLength(bytes, elements) != bytes.Length)
                throw new InputException($"input '{tensor.Name}' of shape {TensorSpec.Format(shape)} must have {elements} elements, each its length (4 bytes, little-endian) and as many bytes: the {bytes.Length} bytes are not that");
            tensor.AppendElements(bytes);
            return;
        }
        if (bytes.Length != expected)
            throw new InputException($"input '{tensor.Name}' of type {tensor.Type.WireName()} and shape {TensorSpec.Format(shape)} has {bytes.Length} bytes, expected {expected}");
        if (tensor.Type == DataType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
            throw new InputException($"input '{tensor.Name}' is BOOL and has a byte that is neither 0 nor 1");
        tensor.Reshape(shape);
        bytes.CopyTo(tensor.Bytes);
    }
}
