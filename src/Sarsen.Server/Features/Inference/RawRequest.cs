using Sarsen.Serving;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>
/// A request without JSON: the body is the only input, of one sample, with at most one more free dimension, which its
/// length tells. All outputs are answered in binary.
/// </summary>
internal static class RawRequest
{
    /// <exception cref="InputException">The predictor has several inputs, or the bytes are not those of its input.</exception>
    public static InferRequest Read(ReadOnlySpan<byte> body, PredictorInfo info)
    {
        if (info.Inputs.Count != 1)
            throw new InputException($"'{info.Name}' has {info.Inputs.Count} inputs: a body without JSON holds one");
        TensorSpec spec = info.Inputs[0];
        var tensors = new TensorBuffers([spec]);
        try
        {
            if (spec.Type == DataType.Bytes)
            {
                if (spec.Shape.Skip(1).Any(d => d != 1 && d != -1))
                    throw new InputException($"the input {spec} of '{info.Name}' is more than one text: a body without JSON holds one");
                tensors[0].Reshape([.. spec.Shape.Select(_ => 1L)]);
                tensors[0].Append(body);
            }
            else
            {
                BinaryTensor.Read(body, ShapeFor(spec, body.Length, info), tensors[0]);
            }
            return new InferRequest(null, tensors, null, true, null);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    private static long[] ShapeFor(TensorSpec spec, int bytes, PredictorInfo info)
    {
        long[] shape = [.. spec.Shape];
        // The batch is 1, so that one more dimension may be free.
        shape[0] = 1;
        int free = Array.IndexOf(shape, -1);
        if (free >= 0 && Array.IndexOf(shape, -1, free + 1) >= 0)
            throw new InputException($"the input {spec} of '{info.Name}' has several free dimensions: the bytes do not say them");
        if (free >= 0)
        {
            shape[free] = 1;
            long unit = TensorBuffer.ByteCount(spec.Name, spec.Type, shape);
            shape[free] = unit == 0 ? 0 : bytes / unit;
        }
        return shape;
    }
}
