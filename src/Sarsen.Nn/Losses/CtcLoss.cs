using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// Sequences of labels without knowing where in the input each is; PyTorch's CTCLoss, whose formula stands with
/// <see cref="Sarsen.Tensors.Kernels.Ctc"/> (Graves et al., 2006). Give it log-probabilities (T, N, C): the output of log-softmax.
/// </summary>
/// <param name="blank">The class that stands for no label.</param>
/// <param name="zeroInfinity">Samples whose input is too short for their labels count as zero, and not as infinite.</param>
/// <param name="reduction">The mean divides each loss by its number of labels, and then by the samples.</param>
public sealed class CtcLoss(long blank = 0, bool zeroInfinity = false, LossReduction reduction = LossReduction.Mean)
{
    public long Blank { get; } = blank;

    public bool ZeroInfinity { get; } = zeroInfinity;

    public LossReduction Reduction { get; } = reduction;

    /// <param name="logProbabilities">(T, N, C).</param>
    /// <param name="labels">(N, S) in I64.</param>
    /// <param name="inputLengths">(N) in I64.</param>
    /// <param name="targetLengths">(N) in I64.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length, a label or the blank is out of range.</exception>
    public Tensor Call(Tensor logProbabilities, Tensor labels, Tensor inputLengths, Tensor targetLengths) =>
        logProbabilities.CtcLoss(labels, inputLengths, targetLengths, Blank, Reduction, ZeroInfinity);
}
