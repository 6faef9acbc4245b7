using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

public static unsafe partial class Conv2d
{
    internal static void RunForward<TEpilogue>(
        in Conv2dShape shape, float* x, float* weight, float* y, TEpilogue epilogue, Workers workers, void* workspace, MicroKernels kernels)
        where TEpilogue : struct, IEpilogue
    {
        if (DepthwiseConvolution.Takes(shape))
            DepthwiseConvolution.Forward(shape).Run(x, weight, y, epilogue, workers, workspace);
        else if (WinogradConvolution.Takes(shape))
            WinogradConvolution.Forward(shape, workers.Count).Run(x, weight, null, y, epilogue, workers, workspace, kernels);
        else
            DirectConvolution.Forward(shape, workers.Count).Run(x, weight, null, y, epilogue, workers, workspace, kernels);
    }

    internal static void BackwardData(in Conv2dShape shape, float* weight, float* dy, float* dx, Workers workers, void* workspace, MicroKernels kernels)
    {
        if (DepthwiseConvolution.Takes(shape))
            DepthwiseConvolution.BackwardData(shape).Run(dy, weight, dx, default(NoEpilogue), workers, workspace);
        else if (WinogradConvolution.TakesGradient(shape))
            WinogradConvolution.BackwardData(shape, workers.Count).Run(dy, weight, null, dx, default(NoEpilogue), workers, workspace, kernels);
        else
            DirectConvolution.BackwardData(shape, workers.Count).Run(dy, weight, null, dx, default(NoEpilogue), workers, workspace, kernels);
    }

    internal static void BackwardWeight(in Conv2dShape shape, float* x, float* dy, float* dweight, Workers workers, void* workspace, MicroKernels kernels)
    {
        if (DepthwiseWeightGradient.Takes(shape))
            new DepthwiseWeightGradient(shape).Run(x, dy, dweight, workers, workspace);
        else if (WinogradWeightGradient.Takes(shape))
            new WinogradWeightGradient(shape, workers.Count).Run(x, dy, dweight, workers, workspace, kernels);
        else
            new WeightGradient(shape, workers.Count).Run(x, dy, dweight, workers, workspace, kernels);
    }
}
