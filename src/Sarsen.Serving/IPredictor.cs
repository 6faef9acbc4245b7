using Sarsen.Serving.Buffers;

namespace Sarsen.Serving;

/// <summary>
/// A model that answers. It exchanges bytes, not tensors, so that it may as well live in a process of its own.
/// One predictor is one replica: <see cref="RunAsync"/> is called by one thread at a time, a dedicated one and never one
/// of the pool; everything else may be called by any thread at any time.
/// </summary>
public interface IPredictor : IAsyncDisposable
{
    PredictorInfo Info { get; }

    /// <summary>What turns rows of raw values into inputs; null where only tensors are taken.</summary>
    IRowEncoder? Rows { get; }

    /// <summary>Answers a batch. A row's answer does not depend on the rows beside it.</summary>
    /// <param name="input">The tensors of <see cref="PredictorInfo.Inputs"/>, in order, each with the same first dimension.</param>
    /// <param name="output">
    /// The tensors of <see cref="PredictorInfo.Outputs"/>, in order, shaped for the batch where their other dimensions
    /// are known. The predictor reshapes those whose dimensions are not, and writes all.
    /// </param>
    /// <param name="stop">Asks to end early, with an <see cref="OperationCanceledException"/>.</param>
    ValueTask RunAsync(TensorBuffers input, TensorBuffers output, CancellationToken stop);
}
