using Sarsen.Nn.Autograd;

namespace Sarsen.Nn.Plans;

/// <summary>One use of an operation that is to become a step.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Attributes">Its constants.</param>
/// <param name="Inputs">What it reads; without gaps unless the operation accepts them.</param>
/// <param name="Outputs">What it writes.</param>
/// <param name="Constants">Where what is computed beforehand is kept.</param>
public sealed record PlanUse(Op Op, OpAttributes Attributes, IReadOnlyList<PlanValue> Inputs, IReadOnlyList<PlanValue> Outputs, PlanConstants Constants);
