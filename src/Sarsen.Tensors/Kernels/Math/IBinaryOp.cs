namespace Sarsen.Tensors.Kernels;

/// <summary>An elementwise function y = f(a, b) with its two derivatives; <see cref="Binary"/> holds the loops.</summary>
public interface IBinaryOp
{
    /// <summary>Is da = dy.</summary>
    static virtual bool PassesToA => false;

    /// <summary>Is db = dy.</summary>
    static virtual bool PassesToB => false;

    V Apply<V>(V a, V b) where V : struct, IVector<V>;

    double Apply(double a, double b);

    /// <summary>da = ∂f/∂a · dy.</summary>
    V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V>;

    double BackwardA(double a, double b, double dy);

    /// <summary>db = ∂f/∂b · dy.</summary>
    V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V>;

    double BackwardB(double a, double b, double dy);
}
