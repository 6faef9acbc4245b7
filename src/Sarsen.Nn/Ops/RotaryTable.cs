using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The cosines and sines of rotary embedding for rows at given positions: positions (N) in I64 become (N, dim), cosines in
/// the first half. The angle of pair i is position · theta^(-2i / dim), scaled. All layers share one table.
/// </summary>
public sealed unsafe class RotaryTableOp : Op
{
    internal static readonly RotaryTableOp Instance = new();

    /// <summary>The most pairs, so that their frequencies have a place on the stack.</summary>
    internal const int MaxDim = 2 * Attention.MaxHeadDim;

    internal readonly record struct Use(int Dim, double Theta, RopeScaling Scaling, DType Type);

    public override string Name => "rotary_table";

    public override bool HasGradient => false;

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        Use use = s.Attributes<Use>();
        TensorInfo positions = s.Inputs[0];
        if (positions.DType != DType.I64 || positions.Shape.Rank != 1)
            throw new ShapeException($"RotaryTable: positions (N) in I64 expected, given {positions.DType} {positions.Shape}");
        s.Output(use.Type, new Shape(positions.Shape[0], use.Dim));
    }

    public override void Forward(in OpArgs a)
    {
        Use use = a.Attributes<Use>();
        (TensorView positions, TensorView table) = (a.Inputs[0], a.Outputs[0]);
        int half = use.Dim / 2;
        double* frequencies = stackalloc double[MaxDim / 2];
        for (int i = 0; i < half; i++)
            frequencies[i] = use.Scaling.Apply(Rotary.Frequency(use.Theta, i, use.Dim));
        if (table.DType == DType.F64)
            Rotary.Table(a.Workers, positions.I64, frequencies, table.F64, positions.Count, half);
        else
            Rotary.Table(a.Workers, positions.I64, frequencies, table.F32, positions.Count, half);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("positions", OpAttributes.Of(new Use(6, 10000, default, DType.F32)), SampleInput.Indices(new Shape(5), 3000)),
        new("scaled", OpAttributes.Of(new Use(8, 500000, new RopeScaling(RopeScalingKind.Llama3, 8), DType.F32)), SampleInput.Indices(new Shape(5), 3000)),
    ];
}
