using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>a ⊗ f(b), a and b the halves of one dimension; see <see cref="GluOp"/>.</summary>
/// <param name="gate">f.</param>
/// <param name="dim">The dimension that is halved; its size is even.</param>
public sealed class Glu(GluGate gate = GluGate.Sigmoid, int dim = -1) : Module
{
    public GluGate Gate { get; } = gate;

    public int Dim { get; } = dim;

    protected override Tensor Forward(Tensor x) => x.Glu(Gate, Dim); // (…, 2 C, …) -> (…, C, …)
}
