using Sarsen.Nn.Autograd;
using Sarsen.Nn.Plans;
using Sarsen.Nn.Plans.Steps;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = x Wᵀ + b: x (…, I), W (O, I), b (O), y (…, O). dx = dy W, dW = dyᵀ x, db = Σ dy over all but the last dimension.
/// </summary>
public sealed unsafe class LinearOp : Op
{
    internal static readonly LinearOp Instance = new();

    public override string Name => "linear";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo w) = (s.Inputs[0], s.Inputs[1]);
        if (w.Shape.Rank != 2 || x.Shape.Rank < 1 || x.Shape[-1] != w.Shape[1])
            throw new ShapeException($"Linear: the last dimension of x must be the weight's second: x is {x.Shape}, weight is {w.Shape}");
        if (s.Inputs.Length > 2 && s.Inputs[2].Shape != new Shape(w.Shape[0]))
            throw new ShapeException($"Linear: the bias must be ({w.Shape[0]}): it is {s.Inputs[2].Shape}");
        FloatPair.Check("Linear", s.Inputs);
        s.Output(x.DType, x.Shape.With(-1, w.Shape[0]));
        (nint rows, nint o, nint i) = (Rows(x.Shape), (nint)w.Shape[0], (nint)w.Shape[1]);
        s.Workspace = MatMul.WorkspaceBytes(rows, o, i, s.Workers);
        s.BackwardWorkspace = Math.Max(MatMul.WorkspaceBytes(rows, i, o, s.Workers), MatMul.WorkspaceBytes(o, i, rows, s.Workers));
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView w, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        (nint rows, nint o, nint i) = (Rows(x.Shape), (nint)w.Shape[0], (nint)w.Shape[1]);
        if (x.DType == DType.F64)
        {
            MatMul.Reference(new MatMulArgs<double>(x.F64, w.F64, y.F64, rows, o, i, transposeB: true));
            if (a.Inputs.Length > 2)
                AddBias(y.F64, a.Inputs[2].F64, rows, o);
            return;
        }
        var args = new MatMulArgs<float>(x.F32, w.F32, y.F32, rows, o, i, transposeB: true);
        if (a.Inputs.Length > 2)
            MatMul.Run(args, new ColumnBias(a.Inputs[2].F32), a.Workers, a.Workspace);
        else
            MatMul.Run(args, a.Workers, a.Workspace);
    }

    public override PlanStep? Plan(PlanUse use) => ProductParts.Of(use) is { } parts ? new LinearStep(use.Inputs[0], parts, use.Outputs[0]) : null;

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView w, TensorView dy) = (a.Inputs[0], a.Inputs[1], a.OutputGrads[0]);
        (TensorView dx, TensorView dw) = (a.InputGrads[0], a.InputGrads[1]);
        (nint rows, nint o, nint i) = (Rows(x.Shape), (nint)w.Shape[0], (nint)w.Shape[1]);
        var overRows = new Reduction(1, rows, o);
        if (x.DType == DType.F64)
        {
            if (!dx.IsNone)
                MatMul.Reference(new MatMulArgs<double>(dy.F64, w.F64, dx.F64, rows, i, o));
            if (!dw.IsNone)
                MatMul.Reference(new MatMulArgs<double>(dy.F64, x.F64, dw.F64, o, i, rows, transposeA: true));
            if (a.Inputs.Length > 2 && !a.InputGrads[2].IsNone)
                Reduce.Run(default(SumOf), overRows, dy.F64, a.InputGrads[2].F64);
            return;
        }
        if (!dx.IsNone)
            MatMul.Run(new MatMulArgs<float>(dy.F32, w.F32, dx.F32, rows, i, o), a.Workers, a.Workspace);
        if (!dw.IsNone)
            MatMul.Run(new MatMulArgs<float>(dy.F32, x.F32, dw.F32, o, i, rows, transposeA: true), a.Workers, a.Workspace);
        if (a.Inputs.Length > 2 && !a.InputGrads[2].IsNone)
            Reduce.Run(a.Workers, default(SumOf), overRows, dy.F32, a.InputGrads[2].F32);
    }

    private static nint Rows(in Shape x) => (nint)x.With(-1, 1).Count;

    private static void AddBias(double* y, double* bias, nint rows, nint columns)
    {
        for (nint r = 0; r < rows; r++)
        {
            for (nint c = 0; c < columns; c++)
                y[r * columns + c] += bias[c];
        }
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("with bias", default, new SampleInput(new Shape(3, 4)), new SampleInput(new Shape(2, 4)), new SampleInput(new Shape(2))),
        new("without bias", default, new SampleInput(new Shape(3, 4)), new SampleInput(new Shape(2, 4))),
        new("more dimensions", default, new SampleInput(new Shape(2, 3, 4)), new SampleInput(new Shape(5, 4)), new SampleInput(new Shape(5))),
        new("one vector", default, new SampleInput(new Shape(4)), new SampleInput(new Shape(3, 4)), new SampleInput(new Shape(3))),
    ];
}

public static class LinearExtensions
{
    extension(Tensor x)
    {
        /// <summary>x Wᵀ + b over the last dimension; without a bias when it is none.</summary>
        /// <exception cref="ShapeException">The sizes do not fit.</exception>
        public Tensor Linear(Tensor weight, Tensor bias = default) => bias.IsNone
            ? Dispatch.Run(LinearOp.Instance, default, x, weight)
            : Dispatch.Run(LinearOp.Instance, default, x, weight, bias);

        /// <summary>The same with a weight however it is held.</summary>
        public Tensor Linear(Parameter weight, Tensor bias = default) =>
            weight.HeldLinear is not { } held ? x.Linear(weight.Value, bias)
            : bias.IsNone ? Dispatch.Run(held, default, x) : Dispatch.Run(held, default, x, bias);
    }
}
