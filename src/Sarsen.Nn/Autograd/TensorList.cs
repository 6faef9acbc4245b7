using System.Runtime.CompilerServices;
using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>Room for a few handles on the stack.</summary>
[InlineArray(16)]
internal struct TensorList
{
    private Tensor _first;
}
