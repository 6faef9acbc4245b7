using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>One use of an operation. Its operands stand in the tape's list: inputs, outputs, saved.</summary>
internal struct TapeNode
{
    public Op Op;
    public OpAttributes Attributes;
    public Module? Module;

    /// <summary>The arena's height before the operation: where backward gives it back to.</summary>
    public ArenaMark Start;
    public bool NeedsGrad;
    public long BackwardWorkspace;
    public int First;
    public int InputCount;
    public int OutputCount;
    public int SavedCount;
}

/// <param name="Tensor">The operand.</param>
/// <param name="Version">Its storage's count of writes when the operation ran.</param>
internal readonly record struct TapeOperand(Tensor Tensor, int Version);
