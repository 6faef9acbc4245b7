using Sarsen.Nn.Autograd;
using Sarsen.Nn.Plans;
using Sarsen.Nn.Plans.Steps;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Ops;

public abstract unsafe partial class RecurrentOp
{
    public override PlanStep? Plan(PlanUse use) =>
        use.Inputs.Skip(WeightIndex).All(i => i is { Constant: not null, DType: DType.F32, IsContiguous: true }) ? new RecurrentStep(this, use, WeightIndex) : null;

    /// <summary>
    /// Forward of a plan with both weights as bytes: products by <see cref="QuantisedLinear"/>, each step's rows with a range
    /// of their own, cells in floats. Results are those of the operation.
    /// </summary>
    /// <param name="a">Inputs, outputs and workspace, of <see cref="BytesWorkspace"/>.</param>
    /// <param name="inputWeight">W_ih as packed bytes.</param>
    /// <param name="hiddenWeight">W_hh as packed bytes.</param>
    internal void ForwardBytes(in OpArgs a, byte* inputWeight, byte* hiddenWeight)
    {
        Sizes z = Of(a.Inputs[0].Shape, a.Inputs[1].Shape);
        bool bias = a.Inputs.Length > WeightIndex + 2;
        float* inputBias = bias ? a.Inputs[WeightIndex + 2].F32 : null, hiddenBias = bias ? a.Inputs[WeightIndex + 3].F32 : null;
        float* y = a.Outputs[0].F32;
        byte* products = a.Workspace;
        float* free = (float*)(a.Workspace + ProductBytes(z, a.Workers));
        float* gates = Take(ref free, z.Rows * z.GateRow), hidden = Take(ref free, z.StepGates);
        float* cells = HasCell ? Take(ref free, z.Rows * z.Hidden) : null;

        QuantisedLinear.Run(a.Inputs[0].F32, inputWeight, inputBias, gates, z.Rows, z.GateRow, z.Input, null, default(NoEpilogue), a.Workers, products); // (T·N, G·H)
        for (long t = 0; t < z.Steps; t++)
        {
            float* h = t == 0 ? a.Inputs[1].F32 : y + (t - 1) * z.StepHidden;
            float* c = !HasCell ? null : t == 0 ? a.Inputs[2].F32 : cells + (t - 1) * z.StepHidden;
            QuantisedLinear.Run(h, hiddenWeight, hiddenBias, hidden, z.Batch, z.GateRow, z.Hidden, null, default(NoEpilogue), a.Workers, products); // (N, G·H)
            float* step = gates + t * z.StepGates;
            if (!KeepsHiddenPart)
                Typed.Add(a.Workers, step, hidden, step, z.StepGates);
            Cell(a, step, null, hidden, h, c, y + t * z.StepHidden, HasCell ? cells + t * z.StepHidden : null, z.Batch, z.Hidden);
        }
        Typed.Copy(z.Steps == 0 ? a.Inputs[1].F32 : y + (z.Steps - 1) * z.StepHidden, a.Outputs[1].F32, z.StepHidden);
        if (HasCell)
            Typed.Copy(z.Steps == 0 ? a.Inputs[2].F32 : cells + (z.Steps - 1) * z.StepHidden, a.Outputs[2].F32, z.StepHidden);
    }

    /// <summary>Bytes of scratch memory of <see cref="ForwardBytes"/>.</summary>
    internal long BytesWorkspace(in Shape x, in Shape h, Workers workers)
    {
        Sizes z = Of(x, h);
        return ProductBytes(z, workers) + (z.Rows * (z.GateRow + z.Hidden) + z.StepGates) * sizeof(float);
    }

    private static long ProductBytes(Sizes z, Workers workers)
    {
        long bytes = Math.Max(QuantisedLinear.WorkspaceBytes(z.Rows, z.GateRow, z.Input, workers), QuantisedLinear.WorkspaceBytes(z.Batch, z.GateRow, z.Hidden, workers));
        return (bytes + 63) & ~63L;
    }
}
