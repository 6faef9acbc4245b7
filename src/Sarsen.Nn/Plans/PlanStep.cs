using Sarsen.Nn.Autograd;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans;

/// <summary>
/// One computation of a plan. It holds nothing of a run: memory comes with <see cref="OpArgs"/>, so runs on several
/// threads share it.
/// </summary>
/// <param name="inputs">What it reads.</param>
/// <param name="outputs">What it writes, each without gaps.</param>
public abstract class PlanStep(IReadOnlyList<PlanValue> inputs, IReadOnlyList<PlanValue> outputs)
{
    /// <summary>For tables: <c>conv2d + relu</c>.</summary>
    public abstract string Name { get; }

    public IReadOnlyList<PlanValue> Inputs { get; } = inputs;

    public IReadOnlyList<PlanValue> Outputs { get; } = outputs;

    /// <summary>The constants whose elements it reads.</summary>
    public virtual IEnumerable<PlanConstant> Constants => Inputs.Select(i => i.Storage.Constant).OfType<PlanConstant>();

    /// <summary>The paths of parameters that this step could compute with as bytes.</summary>
    public virtual IEnumerable<string> QuantisableWeights => [];

    /// <summary>Bytes of scratch memory while it runs, 64-byte aligned.</summary>
    public virtual long WorkspaceBytes(Workers workers) => 0;

    /// <summary>May the first result be written over this input, of the same size.</summary>
    public virtual bool MayOverwrite(int input) => false;

    /// <summary>Once all rules have been applied: the form that runs.</summary>
    internal virtual PlanStep Finish(PlanConstants constants, PlanOptions options) => this;

    /// <summary>Computes the results. Allocates nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An input holds what cannot be taken, such as an id outside its table.</exception>
    public abstract void Run(in OpArgs a);
}
