using System.Numerics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>A batch of <see cref="Ctc"/>, its samples on the workers: log-probabilities (T, N, C) and labels (N, S).</summary>
/// <typeparam name="T">f32 or f64.</typeparam>
public unsafe struct CtcBatch<T> where T : unmanaged, INumber<T>
{
    /// <summary>The log-probabilities.</summary>
    public T* X;

    public long Steps, Batch, Classes;

    /// <summary>(N, S).</summary>
    public long* Targets;

    public long Labels;

    /// <summary>How many steps and labels of each sample count, (N) each.</summary>
    public long* InputLengths, TargetLengths;

    /// <summary>The class that stands for no label.</summary>
    public long Blank;

    /// <summary>The losses (N). α has <see cref="Ctc.AlphaCount"/> elements for each sample where it is <paramref name="kept"/> for backward, else for each worker.</summary>
    public readonly void Forward(Workers workers, double* losses, double* alpha, bool kept)
    {
        var job = new ForwardJob { Of = this, Losses = losses, Alpha = alpha, Kept = kept };
        workers.ForLanes(ref job, checked((int)Batch));
    }

    /// <summary>
    /// Adds the gradients to <paramref name="dx"/> (T, N, C), which was cleared. <paramref name="losses"/> and <paramref name="alpha"/> are as
    /// forward left them, <paramref name="up"/> (N) the losses' gradients, <paramref name="beta"/> scratch of 2 (2 S + 1) for each worker.
    /// </summary>
    public readonly void Backward(Workers workers, double* losses, double* alpha, double* up, double* beta, T* dx)
    {
        var job = new BackwardJob { Of = this, Losses = losses, Alpha = alpha, Up = up, Beta = beta, Dx = dx };
        workers.ForLanes(ref job, checked((int)Batch));
    }

    private struct ForwardJob : ILaneJob
    {
        public CtcBatch<T> Of;
        public double* Losses, Alpha;
        public bool Kept;

        public readonly void Run(int n, int lane) => Losses[n] = Ctc.Forward(Of.X, n, Of.Batch, Of.Classes, Of.Targets + n * Of.Labels, Of.InputLengths[n], Of.TargetLengths[n],
            Of.Blank, Alpha + (Kept ? n : lane) * Ctc.AlphaCount(Of.Steps, Of.Labels));
    }

    private struct BackwardJob : ILaneJob
    {
        public CtcBatch<T> Of;
        public double* Losses, Alpha, Up, Beta;
        public T* Dx;

        public readonly void Run(int n, int lane) => Ctc.Backward(Of.X, n, Of.Batch, Of.Classes, Of.Targets + n * Of.Labels, Of.InputLengths[n], Of.TargetLengths[n],
            Of.Blank, Alpha + n * Ctc.AlphaCount(Of.Steps, Of.Labels), Losses[n], Up[n], Beta + lane * 2 * (2 * Of.Labels + 1), Dx);
    }
}
