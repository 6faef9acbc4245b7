using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>
/// The elements of a tensor as JSON: nested as its shape is, or flat. 16-bit floating-point numbers have no JSON form, as
/// the protocol says; NaN and infinities have none in JSON itself. Both go in binary.
/// </summary>
internal static class TensorJson
{
    /// <summary>Reads an array.</summary>
    /// <param name="data">The array's text, which has been checked to be JSON.</param>
    /// <param name="shape">The tensor's shape.</param>
    /// <param name="tensor">Reshaped and written.</param>
    /// <exception cref="InputException">An element is not of the type, or their number is not that of the shape.</exception>
    public static void Read(ReadOnlySpan<byte> data, ReadOnlySpan<long> shape, TensorBuffer tensor)
    {
        if (tensor.Type is DataType.Fp16 or DataType.Bf16)
            throw new InputException($"input '{tensor.Name}' is {tensor.Type.WireName()}, which JSON cannot hold: send it in binary (binary_data_size)");
        TensorBuffer.ByteCount(tensor.Name, tensor.Type, shape);
        // An element takes two characters at the least, so a shape that promises more than the text holds costs no memory.
        long elements = Elements(shape, data.Length);
        if (elements > data.Length)
            throw new InputException($"input '{tensor.Name}' has too few elements for shape {TensorSpec.Format(shape)}");
        tensor.Reshape(shape);
        switch (tensor.Type)
        {
            case DataType.Bool: Read<byte, BoolElement>(data, shape, tensor); break;
            case DataType.UInt8: Read<byte, UInt8Element>(data, shape, tensor); break;
            case DataType.UInt16: Read<ushort, UInt16Element>(data, shape, tensor); break;
            case DataType.UInt32: Read<uint, UInt32Element>(data, shape, tensor); break;
            case DataType.UInt64: Read<ulong, UInt64Element>(data, shape, tensor); break;
            case DataType.Int8: Read<sbyte, Int8Element>(data, shape, tensor); break;
            case DataType.Int16: Read<short, Int16Element>(data, shape, tensor); break;
            case DataType.Int32: Read<int, Int32Element>(data, shape, tensor); break;
            case DataType.Int64: Read<long, Int64Element>(data, shape, tensor); break;
            case DataType.Fp32: Read<float, Fp32Element>(data, shape, tensor); break;
            case DataType.Fp64: Read<double, Fp64Element>(data, shape, tensor); break;
            case DataType.Bytes: ReadTexts(data, shape, tensor); break;
        }
    }

    private static long Elements(ReadOnlySpan<long> shape, int limit)
    {
        long count = 1;
        bool empty = shape.Contains(0);
        foreach (long dimension in shape)
        {
            if (empty)
                return 0;
            // Beyond the limit the exact number does not matter, and would overflow.
            if (dimension > limit / count)
                return long.MaxValue;
            count *= dimension;
        }
        return count;
    }

    private static void Read<T, TElement>(ReadOnlySpan<byte> data, ReadOnlySpan<long> shape, TensorBuffer tensor)
        where T : unmanaged
        where TElement : struct, IElement<T>
    {
        Span<T> values = MemoryMarshal.Cast<byte, T>(tensor.Bytes);
        var walk = new NestedWalk(data, shape, tensor.Name, values.Length);
        while (walk.Next())
        {
            if (!TElement.TryRead(ref walk.Reader, out values[(int)walk.Index]))
                throw Wrong(ref walk, tensor, TElement.Expected);
        }
    }

    private static void ReadTexts(ReadOnlySpan<byte> data, ReadOnlySpan<long> shape, TensorBuffer tensor)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256);
        try
        {
            var walk = new NestedWalk(data, shape, tensor.Name, tensor.Elements);
            while (walk.Next())
            {
                if (walk.Reader.TokenType != JsonTokenType.String)
                    throw Wrong(ref walk, tensor, "a text");
                if (walk.Reader.ValueSpan.Length > buffer.Length)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(walk.Reader.ValueSpan.Length);
                }
                try
                {
                    tensor.Append(buffer.AsSpan(0, walk.Reader.CopyString(buffer)));
                }
                catch (InvalidOperationException e)
                {
                    throw new InputException($"element {walk.Index} of input '{tensor.Name}' is not valid UTF-8: send such bytes in binary (binary_data_size)", e);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static InputException Wrong(ref NestedWalk walk, TensorBuffer tensor, string expected)
    {
        string found = walk.Reader.TokenType switch
        {
            JsonTokenType.String when tensor.Type is DataType.Fp32 or DataType.Fp64 => "a text (NaN and infinity are sent in binary)",
            JsonTokenType.String => "a text",
            JsonTokenType.StartObject => "an object",
            JsonTokenType.Null => "null",
            _ => Encoding.ASCII.GetString(walk.Reader.ValueSpan[..Math.Min(walk.Reader.ValueSpan.Length, 40)]),
        };
        return new InputException($"element {walk.Index} of input '{tensor.Name}' must be {expected}, found {found}");
    }
}
