using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>An inference request as it was sent; disposing gives the tensors' memory back.</summary>
/// <param name="Id">To be returned; null where none was sent.</param>
/// <param name="Tensors">The inputs, in the order of the request.</param>
/// <param name="Outputs">The outputs that are wanted; null for all.</param>
/// <param name="BinaryOutput">Whether outputs that do not say otherwise are wanted in binary.</param>
/// <param name="Timeout">How long the client waits, at most; null for as long as the server lets it.</param>
internal sealed record InferRequest(string? Id, TensorBuffers Tensors, IReadOnlyList<RequestedOutput>? Outputs, bool BinaryOutput, TimeSpan? Timeout) : IDisposable
{
    public void Dispose() => Tensors.Dispose();
}

/// <param name="Name">The output.</param>
/// <param name="Binary">Whether it is wanted in binary; null where the request's setting holds.</param>
/// <param name="Classes">How many of the most probable classes are wanted in place of the values; 0 for the values.</param>
internal sealed record RequestedOutput(string Name, bool? Binary, int Classes);
