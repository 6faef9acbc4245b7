using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>x (N, C, H, W) at another size, by the nearest element or between four; formulas stand with <see cref="Upsample2d"/>.</summary>
public sealed unsafe class Upsample2dOp : Op
{
    internal static readonly Upsample2dOp Instance = new();

    /// <param name="Height">Rows of the result.</param>
    /// <param name="Width">Columns of the result.</param>
    /// <param name="Interpolation">The rule.</param>
    /// <param name="AlignCorners">The outermost elements stay where they are.</param>
    /// <param name="StepHeight">Rows of x for one of the result; 0: what the sizes give.</param>
    /// <param name="StepWidth">Columns alike.</param>
    internal readonly record struct Use(long Height, long Width, Interpolation Interpolation, bool AlignCorners, double StepHeight, double StepWidth);

    public override string Name => "upsample2d";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(Name, s.Inputs);
        Shape x = s.Inputs[0].Shape;
        if (x.Rank != 4)
            throw new ShapeException($"Upsample2d: an input of (N, C, H, W) expected, it has the shape {x}");
        Upsample2dShape shape = Of(s.Attributes<Use>(), x);
        s.Output(s.Inputs[0].DType, new Shape(x[0], x[1], shape.OutHeight, shape.OutWidth));
        s.Workspace = s.BackwardWorkspace = s.Inputs[0].DType == DType.F64 ? Upsample2d.WorkspaceBytes<double>(shape, s.Workers) : Upsample2d.WorkspaceBytes<float>(shape, s.Workers);
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        Upsample2dShape shape = Of(a.Attributes<Use>(), x.Shape);
        if (x.DType == DType.F64)
            Upsample2d.Forward(shape, x.F64, y.F64, a.Workers, a.Workspace);
        else
            Upsample2d.Forward(shape, x.F32, y.F32, a.Workers, a.Workspace);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dy, TensorView dx) = (a.OutputGrads[0], a.InputGrads[0]);
        Upsample2dShape shape = Of(a.Attributes<Use>(), dx.Shape);
        if (dx.DType == DType.F64)
            Upsample2d.Backward(shape, dy.F64, dx.F64, a.Workers, a.Workspace);
        else
            Upsample2d.Backward(shape, dy.F32, dx.F32, a.Workers, a.Workspace);
    }

    private static Upsample2dShape Of(in Use use, in Shape x) => new(x[0] * x[1], x[2], x[3], use.Height, use.Width, use.Interpolation, use.AlignCorners,
        use.StepHeight > 0 ? use.StepHeight : null, use.StepWidth > 0 ? use.StepWidth : null);

    public override IEnumerable<OpSample> Samples =>
    [
        new("nearest", OpAttributes.Of(new Use(5, 4, Interpolation.Nearest, false, 0, 0)), new SampleInput(new Shape(2, 2, 3, 2))),
        new("bilinear", OpAttributes.Of(new Use(5, 6, Interpolation.Bilinear, false, 0.4, 0.5)), new SampleInput(new Shape(1, 2, 2, 3))),
        new("corners aligned", OpAttributes.Of(new Use(4, 1, Interpolation.Bilinear, true, 0, 0)), new SampleInput(new Shape(1, 2, 3, 3))),
    ];
}

public static class Upsample2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>Pictures (N, C, H, W) at a given size.</summary>
        /// <exception cref="ShapeException">The input is no picture, or a size is out of range.</exception>
        public Tensor Upsample2d(long height, long width, Interpolation interpolation = Interpolation.Nearest, bool alignCorners = false) =>
            Dispatch.Run(Upsample2dOp.Instance, OpAttributes.Of(new Upsample2dOp.Use(height, width, interpolation, alignCorners, 0, 0)), x);

        /// <summary>Pictures (N, C, H, W) at ⌊H · scaleHeight⌋ × ⌊W · scaleWidth⌋.</summary>
        /// <exception cref="ShapeException">The input is no picture, or a size is out of range.</exception>
        public Tensor Upsample2d(double scaleHeight, double scaleWidth, Interpolation interpolation = Interpolation.Nearest, bool alignCorners = false)
        {
            if (x.Rank != 4 || !(scaleHeight > 0 && scaleWidth > 0 && scaleHeight <= int.MaxValue && scaleWidth <= int.MaxValue))
                throw new ShapeException($"Upsample2d: an input of (N, C, H, W) and scales above 0 expected, given {x.Shape} and ({scaleHeight}, {scaleWidth})");
            return Dispatch.Run(Upsample2dOp.Instance, OpAttributes.Of(new Upsample2dOp.Use(
                (long)(x.Shape[2] * scaleHeight), (long)(x.Shape[3] * scaleWidth), interpolation, alignCorners, 1 / scaleHeight, 1 / scaleWidth)), x);
        }
    }
}
