using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// A loss that is a function of each prediction and its target: ℓ = f(x, t), and its mean or sum over all elements
/// times a factor. dx = f'(x, t) · factor / n · dy. Prediction and target have one shape: broadcasting here is a
/// mistake that would train quietly.
/// </summary>
/// <param name="name">The operation's name.</param>
/// <param name="targets">What the targets of its samples are drawn from.</param>
/// <param name="sample">The kernel, with parameters, that its samples use.</param>
public sealed unsafe class ElementLossOp<TKernel>(string name, SampleValues targets = SampleValues.Normal, TKernel sample = default) : Op
    where TKernel : unmanaged, IBinaryOp
{
    internal readonly record struct Use(TKernel Kernel, LossReduction Reduction, double Factor);

    public override string Name => name;

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo t) = (s.Inputs[0], s.Inputs[1]);
        FloatPair.Check(name, x, t);
        if (x.Shape != t.Shape)
            throw new ShapeException($"{name}: prediction and target must have one shape; given {x.Shape} and {t.Shape}: reshape one of them");
        bool none = s.Attributes<Use>().Reduction == LossReduction.None;
        s.Output(x.DType, none ? x.Shape : new Shape());
        s.Workspace = none ? 0 : Values(x.Shape.Count) + Reduce.WholePartials(x.Shape.Count) * sizeof(double);
        s.BackwardWorkspace = 64;
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView t, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        Use use = a.Attributes<Use>();
        bool none = use.Reduction == LossReduction.None;
        byte* values = none ? y.Data : a.Workspace;
        var plan = new StridedPlan(x.Shape, x.Strides, t.Strides);
        double scale = Scale(use, x.Count);
        if (x.DType == DType.F64)
        {
            Binary.Forward(use.Kernel, plan, x.F64, t.F64, (double*)values);
            if (none)
                Unary.Forward(new Affine(scale, 0), y.F64, y.F64, y.Count);
            else
                Reduce.Run(default(SumOf), new Reduction(1, x.Count, 1), (double*)values, y.F64, scale);
            return;
        }
        Binary.Forward(a.Workers, use.Kernel, plan, x.F32, t.F32, (float*)values);
        if (none && scale != 1)
            Unary.Forward(a.Workers, new Affine(scale, 0), y.F32, y.F32, y.Count);
        else if (!none)
            *y.F32 = (float)(scale * Reduce.Whole(a.Workers, default(SumOf), (float*)values, x.Count, (double*)(a.Workspace + Values(x.Count))));
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView t, TensorView dy) = (a.Inputs[0], a.Inputs[1], a.OutputGrads[0]);
        Use use = a.Attributes<Use>();
        double scale = Scale(use, x.Count);
        bool none = use.Reduction == LossReduction.None;
        // One number for all elements, already scaled; or the gradient of each, scaled afterwards.
        Shape steps = none ? dy.Strides : StridedPlan.Broadcast(new Shape(), new Shape(), x.Shape);
        var plan = new StridedPlan(x.Shape, x.Strides, t.Strides, steps);
        for (int i = 0; i < 2; i++)
        {
            TensorView d = a.InputGrads[i];
            if (d.IsNone)
                continue;
            if (x.DType == DType.F64)
            {
                *(double*)a.Workspace = none ? 0 : scale * *dy.F64;
                double* up = none ? dy.F64 : (double*)a.Workspace;
                if (i == 0)
                    Binary.BackwardA(use.Kernel, plan, x.F64, t.F64, up, d.F64);
                else
                    Binary.BackwardB(use.Kernel, plan, x.F64, t.F64, up, d.F64);
                if (none)
                    Unary.Forward(new Affine(scale, 0), d.F64, d.F64, d.Count);
                continue;
            }
            *(float*)a.Workspace = none ? 0 : (float)(scale * *dy.F32);
            float* g = none ? dy.F32 : (float*)a.Workspace;
            if (i == 0)
                Binary.BackwardA(a.Workers, use.Kernel, plan, x.F32, t.F32, g, d.F32);
            else
                Binary.BackwardB(a.Workers, use.Kernel, plan, x.F32, t.F32, g, d.F32);
            if (none && scale != 1)
                Unary.Forward(a.Workers, new Affine(scale, 0), d.F32, d.F32, d.Count);
        }
    }

    private static double Scale(in Use use, long count) => use.Reduction == LossReduction.Mean ? use.Factor / count : use.Factor;

    private static long Values(long count) => (count * sizeof(double) + 63) & ~63L;

    public override IEnumerable<OpSample> Samples =>
    [
        new("mean", OpAttributes.Of(new Use(sample, LossReduction.Mean, 1)), new SampleInput(new Shape(3, 4)), Target(new Shape(3, 4))),
        new("half of the sum", OpAttributes.Of(new Use(sample, LossReduction.Sum, 0.5)), new SampleInput(new Shape(5)), Target(new Shape(5))),
        new("each element", OpAttributes.Of(new Use(sample, LossReduction.None, 1)), new SampleInput(new Shape(2, 3)), Target(new Shape(2, 3))),
    ];

    private SampleInput Target(Shape shape) => new(shape, targets, Grad: targets == SampleValues.Normal);

    internal Tensor Run(Tensor x, Tensor target, TKernel kernel, LossReduction reduction, double factor = 1) =>
        Run(OpAttributes.Of(new Use(kernel, reduction, factor)), x, target);
}
