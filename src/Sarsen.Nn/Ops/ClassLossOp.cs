using System.Numerics;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>
/// A loss of rows (…, C) and classes (…) in I64, maybe with weights (C): one number for each row, or their sum, or that divided
/// by what the loss counts.
/// </summary>
/// <param name="given">What the rows are, for messages.</param>
public abstract unsafe class ClassLossOp(string given) : Op
{
    private protected abstract LossReduction ReductionOf(in OpArgs a);

    private protected abstract LossReduction ReductionOf(ref OpShapes s);

    /// <summary>The loss of each row.</summary>
    private protected abstract void Losses<T>(in OpArgs a, T* losses) where T : unmanaged, INumber<T>;

    /// <summary>The gradient of the rows from that of the result, times <paramref name="scale"/>.</summary>
    private protected abstract void Gradient<T>(in OpArgs a, double scale) where T : unmanaged, INumber<T>;

    /// <summary>What a mean divides by.</summary>
    private protected abstract double MeanDivisor<T>(in OpArgs a) where T : unmanaged, INumber<T>;

    private protected static T* Weights<T>(in OpArgs a) where T : unmanaged => a.Inputs.Length > 2 ? (T*)a.Inputs[2].Data : null;

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo t) = (s.Inputs[0], s.Inputs[1]);
        if (x.DType is not (DType.F32 or DType.F64) || x.Shape.Rank < 1 || t.DType != DType.I64 || t.Shape != new Shape(x.Shape.AsSpan()[..^1]))
            throw new ShapeException($"{Name}: {given} (…, C) and classes (…) in I64 expected, given {x.DType} {x.Shape} and {t.DType} {t.Shape}");
        if (s.Inputs.Length > 2 && (s.Inputs[2].Shape != new Shape(x.Shape[-1]) || s.Inputs[2].DType != x.DType))
            throw new ShapeException($"{Name}: class weights must be {x.DType} ({x.Shape[-1]}), given {s.Inputs[2].DType} {s.Inputs[2].Shape}");
        s.Output(x.DType, ReductionOf(ref s) == LossReduction.None ? t.Shape : new Shape());
        s.Workspace = t.Shape.Count * x.DType.Size();
    }

    public override void Forward(in OpArgs a)
    {
        if (a.Inputs[0].DType == DType.F64)
            Forward<double>(a);
        else
            Forward<float>(a);
    }

    public override void Backward(in OpArgs a)
    {
        if (a.Inputs[0].DType == DType.F64)
            Gradient<double>(a, 1 / Divisor<double>(a));
        else
            Gradient<float>(a, 1 / Divisor<float>(a));
    }

    private void Forward<T>(in OpArgs a) where T : unmanaged, INumber<T>
    {
        bool none = ReductionOf(a) == LossReduction.None;
        T* losses = (T*)(none ? a.Outputs[0].Data : a.Workspace);
        Losses(a, losses);
        if (none)
            return;
        double sum = 0;
        for (long n = 0; n < a.Inputs[1].Count; n++)
            sum += double.CreateTruncating(losses[n]);
        *(T*)a.Outputs[0].Data = T.CreateTruncating(sum / Divisor<T>(a));
    }

    private double Divisor<T>(in OpArgs a) where T : unmanaged, INumber<T> => ReductionOf(a) == LossReduction.Mean ? MeanDivisor<T>(a) : 1;
}
