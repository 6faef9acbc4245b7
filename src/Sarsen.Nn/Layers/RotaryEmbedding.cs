using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Rotary position embedding of heads (Su et al., 2021): pair i of the first <see cref="Dim"/> elements of a head turns by
/// position · theta^(-2i / dim). It has no parameters. Make a <see cref="Table"/> once a step and use it in all layers.
/// </summary>
public sealed class RotaryEmbedding : Module
{
    /// <param name="headDim">Elements of a head.</param>
    /// <param name="theta">The base of the frequencies.</param>
    /// <param name="dim">How many elements of a head turn, even; all when null.</param>
    /// <param name="interleaved">Pairs are neighbours, as in GPT-J; else element i and i + dim / 2, as in Llama.</param>
    /// <param name="scaling">Stretches the positions.</param>
    /// <param name="type">The type that tables have.</param>
    public RotaryEmbedding(int headDim, double theta = 10000, int? dim = null, bool interleaved = false, RopeScaling scaling = default, DType type = DType.F32) : base(type)
    {
        (HeadDim, Dim, Theta, Interleaved, Scaling) = (headDim, dim ?? headDim, theta, interleaved, scaling);
        ArgumentOutOfRangeException.ThrowIfLessThan(Dim, 2, nameof(dim));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dim, Math.Min(headDim, RotaryTableOp.MaxDim), nameof(dim));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(theta);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scaling.Kind == RopeScalingKind.None ? 1 : scaling.Factor, nameof(scaling));
        if (Dim % 2 != 0)
            throw new ArgumentException($"pairs of elements turn: {Dim} is odd", nameof(dim));
    }

    public int HeadDim { get; }

    public int Dim { get; }

    public double Theta { get; }

    public bool Interleaved { get; }

    public RopeScaling Scaling { get; }

    /// <summary>Cosines and sines for rows at positions (N) in I64: (N, dim).</summary>
    public Tensor Table(Tensor positions) =>
        Dispatch.Run(RotaryTableOp.Instance, OpAttributes.Of(new RotaryTableOp.Use(Dim, Theta, Scaling, DType)), positions);

    /// <summary>Rows (N, …) with their first <paramref name="heads"/> heads turned; what is behind them stays.</summary>
    public Tensor Rotate(Tensor rows, Tensor table, int heads) =>
        Dispatch.Run(RotaryOp.Instance, OpAttributes.Of(new RotaryOp.Use(heads, HeadDim, Interleaved)), rows, table);

    /// <summary>All heads of (B, T, heads·headDim) turned, by positions 0 … T - 1.</summary>
    protected override Tensor Forward(Tensor x)
    {
        Shape shape = x.Shape;
        if (shape.Rank != 3 || shape[2] % HeadDim != 0)
            throw new ShapeException($"{Kind} at '{Path}': (B, T, heads · {HeadDim}) expected, the input has the shape {shape}");
        Tensor table = Table(x.Positions());
        return Rotate(x.Reshape(shape[0] * shape[1], shape[2]), table, (int)(shape[2] / HeadDim)).Reshape(shape[0], shape[1], shape[2]);
    }
}
