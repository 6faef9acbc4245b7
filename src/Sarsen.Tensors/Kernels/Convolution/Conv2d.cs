using System.Runtime.InteropServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// f32 2-d convolution (cross-correlation, as PyTorch's Conv2d) over NCHW:
/// <code>y[n, f, oh, ow] = bias[f] + Σ_{c, kh, kw} weight[f, c, kh, kw] · x[n, g·C/G + c, oh·sh − top + kh·dh, ow·sw − left + kw·dw]</code>
/// with zeros outside the picture and g the group of filter f. It is the matrix product of weights and what each output sees
/// (Chellapilla, Puri and Simard, "High Performance Convolutional Neural Networks for Document Processing", 2006), without
/// that matrix: see <see cref="DirectProduct"/>. The sum runs over c, kh, kw ascending, cut as <see cref="KBlocks"/> says,
/// padded zeros included: the bits of an output depend neither on its batch nor on threads. All tensors are contiguous and
/// none overlap. Kernels trust their arguments, never throw and allocate nothing.
/// </summary>
public static unsafe partial class Conv2d
{
    /// <summary>Bytes of scratch memory for <see cref="Forward(in Conv2dShape, float*, float*, float*, float*, Workers, void*)"/>.</summary>
    public static long ForwardWorkspaceBytes(in Conv2dShape shape, Workers workers) =>
        DepthwiseConvolution.Takes(shape) ? DepthwiseConvolution.Forward(shape).WorkspaceBytes(workers.Count)
        : WinogradConvolution.Takes(shape) ? WinogradConvolution.Forward(shape, workers.Count).WorkspaceBytes(workers.Count)
        : DirectConvolution.Forward(shape, workers.Count).WorkspaceBytes(workers.Count);

    /// <summary>Bytes of scratch memory for <see cref="BackwardData(in Conv2dShape, float*, float*, float*, Workers, void*)"/>.</summary>
    public static long BackwardDataWorkspaceBytes(in Conv2dShape shape, Workers workers) =>
        DepthwiseConvolution.Takes(shape) ? DepthwiseConvolution.BackwardData(shape).WorkspaceBytes(workers.Count)
        : WinogradConvolution.TakesGradient(shape) ? WinogradConvolution.BackwardData(shape, workers.Count).WorkspaceBytes(workers.Count)
        : DirectConvolution.BackwardData(shape, workers.Count).WorkspaceBytes(workers.Count);

    /// <summary>Bytes of scratch memory for <see cref="BackwardWeight(in Conv2dShape, float*, float*, float*, Workers, void*)"/>.</summary>
    public static long BackwardWeightWorkspaceBytes(in Conv2dShape shape, Workers workers) =>
        DepthwiseWeightGradient.Takes(shape) ? new DepthwiseWeightGradient(shape).WorkspaceBytes(workers.Count)
        : WinogradWeightGradient.Takes(shape) ? new WinogradWeightGradient(shape, workers.Count).WorkspaceBytes(workers.Count)
        : new WeightGradient(shape, workers.Count).WorkspaceBytes(workers.Count);

    /// <summary>y = conv(x, weight) + bias.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Batch, Channels, Height, Width)</param>
    /// <param name="weight">(Filters, Channels / Groups, KernelHeight, KernelWidth)</param>
    /// <param name="bias">(Filters), or null.</param>
    /// <param name="y">(Batch, Filters, OutHeight, OutWidth), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="ForwardWorkspaceBytes"/>, 64-byte aligned.</param>
    public static void Forward(in Conv2dShape shape, float* x, float* weight, float* bias, float* y, Workers workers, void* workspace) =>
        Forward(shape, x, weight, bias, y, default(NoEpilogue), workers, workspace);

    /// <summary>
    /// y = activation(conv(x, weight) + bias). The epilogue's row is the filter, its column the image times OutHeight · OutWidth
    /// plus the place in the output's plane.
    /// </summary>
    /// <inheritdoc cref="Forward(in Conv2dShape, float*, float*, float*, float*, Workers, void*)"/>
    public static void Forward<TActivation>(
        in Conv2dShape shape, float* x, float* weight, float* bias, float* y, TActivation activation, Workers workers, void* workspace)
        where TActivation : struct, IEpilogue
    {
        if (bias == null)
            RunForward(shape, x, weight, y, activation, workers, workspace, MicroKernels.Best);
        else
            RunForward(shape, x, weight, y, new Then<RowBias, TActivation>(new RowBias(bias), activation), workers, workspace, MicroKernels.Best);
    }

    /// <summary>Bytes of the weights as <see cref="ForwardPacked"/> reads them, whatever the batch.</summary>
    public static long PackedWeightBytes(in Conv2dShape shape) =>
        sizeof(float) * (DepthwiseConvolution.Takes(shape) ? shape.WeightCount
        : WinogradConvolution.Takes(shape) ? WinogradConvolution.Forward(shape, threads: 1).PackedFloats
        : DirectConvolution.Forward(shape, threads: 1).PackedFloats);

    /// <summary>Packs weights that are used again and again. Only this process's kernels can read them.</summary>
    /// <param name="shape">The sizes; the batch does not matter.</param>
    /// <param name="weight">(Filters, Channels / Groups, KernelHeight, KernelWidth)</param>
    /// <param name="packed"><see cref="PackedWeightBytes"/>, 64-byte aligned.</param>
    /// <param name="workers">Who does it.</param>
    public static void PackWeight(in Conv2dShape shape, float* weight, float* packed, Workers workers)
    {
        if (DepthwiseConvolution.Takes(shape))
        {
            // A few weights a channel, which its kernels read as they are.
            Buffer.MemoryCopy(weight, packed, shape.WeightCount * sizeof(float), shape.WeightCount * sizeof(float));
            return;
        }
        if (WinogradConvolution.Takes(shape))
        {
            WinogradConvolution.Forward(shape, workers.Count).Pack(weight, packed, workers, MicroKernels.Best);
            return;
        }
        DirectConvolution convolution = DirectConvolution.Forward(shape, workers.Count);
        void* workspace = NativeMemory.AlignedAlloc((nuint)convolution.PackWorkspaceBytes, 64);
        try
        {
            convolution.Pack(weight, packed, workers, workspace, MicroKernels.Best);
        }
        finally
        {
            NativeMemory.AlignedFree(workspace);
        }
    }

    /// <summary>Bytes of scratch memory for <see cref="ForwardPacked"/>.</summary>
    public static long ForwardPackedWorkspaceBytes(in Conv2dShape shape, Workers workers) =>
        DepthwiseConvolution.Takes(shape) ? DepthwiseConvolution.Forward(shape).WorkspaceBytes(workers.Count)
        : WinogradConvolution.Takes(shape) ? WinogradConvolution.Forward(shape, workers.Count).WorkspaceBytes(workers.Count, packed: true)
        : DirectConvolution.Forward(shape, workers.Count).WorkspaceBytes(workers.Count, packed: true);

    /// <summary>y = epilogue(conv(x, weight)) with weights that <see cref="PackWeight"/> packed; a bias is the epilogue's matter.</summary>
    /// <param name="shape">The sizes; but for the batch, those that the weights were packed for.</param>
    /// <param name="x">(Batch, Channels, Height, Width)</param>
    /// <param name="packed">The weights.</param>
    /// <param name="y">(Batch, Filters, OutHeight, OutWidth), overwritten.</param>
    /// <param name="epilogue">Row: the filter; column: the image times OutHeight · OutWidth plus the place in the output's plane.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="ForwardPackedWorkspaceBytes"/>, 64-byte aligned.</param>
    public static void ForwardPacked<TEpilogue>(in Conv2dShape shape, float* x, float* packed, float* y, TEpilogue epilogue, Workers workers, void* workspace)
        where TEpilogue : struct, IEpilogue
    {
        if (DepthwiseConvolution.Takes(shape))
            DepthwiseConvolution.Forward(shape).Run(x, packed, y, epilogue, workers, workspace);
        else if (WinogradConvolution.Takes(shape))
            WinogradConvolution.Forward(shape, workers.Count).Run(x, null, packed, y, epilogue, workers, workspace, MicroKernels.Best);
        else
            DirectConvolution.Forward(shape, workers.Count).Run(x, null, packed, y, epilogue, workers, workspace, MicroKernels.Best);
    }

    /// <summary>
    /// dx = ∂L/∂x from dy = ∂L/∂y: <c>dx[n, c, h, w] = Σ_{f, kh, kw} weight[f, c, kh, kw] · dy[n, f, oh, ow]</c> over the taps
    /// whose distance from (h, w) the strides divide: f, kh and kw ascending, cut as <see cref="KBlocks"/> says, zeros outside
    /// dy included.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="weight">(Filters, Channels / Groups, KernelHeight, KernelWidth)</param>
    /// <param name="dy">(Batch, Filters, OutHeight, OutWidth)</param>
    /// <param name="dx">(Batch, Channels, Height, Width), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="BackwardDataWorkspaceBytes"/>, 64-byte aligned.</param>
    public static void BackwardData(in Conv2dShape shape, float* weight, float* dy, float* dx, Workers workers, void* workspace) =>
        BackwardData(shape, weight, dy, dx, workers, workspace, MicroKernels.Best);

    /// <summary>
    /// dweight = ∂L/∂weight: <c>Σ_n Σ_{oh, ow} dy[n, f, oh, ow] · x[n, c, oh·sh − top + kh·dh, ow·sw − left + kw·dw]</c>.
    /// A fixed number of images, set by the sizes of a picture, makes one product over their positions, image by image
    /// ascending; products are added ascending within spans of images, and spans ascending. Of a depthwise convolution the
    /// order is that of <see cref="DepthwiseWeightGradient"/>.
    /// </summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Batch, Channels, Height, Width)</param>
    /// <param name="dy">(Batch, Filters, OutHeight, OutWidth)</param>
    /// <param name="dweight">(Filters, Channels / Groups, KernelHeight, KernelWidth), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="BackwardWeightWorkspaceBytes"/>, 64-byte aligned.</param>
    public static void BackwardWeight(in Conv2dShape shape, float* x, float* dy, float* dweight, Workers workers, void* workspace) =>
        BackwardWeight(shape, x, dy, dweight, workers, workspace, MicroKernels.Best);
}
