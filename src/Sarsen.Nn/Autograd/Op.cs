using Sarsen.Nn.Plans;
using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>
/// An operation: its shape rule, its forward and its backward. One instance serves every use; what differs between
/// uses is in <see cref="OpAttributes"/>. An operation is one file in Ops and one line in <see cref="OpCatalogue"/>.
/// </summary>
public abstract class Op
{
    public abstract string Name { get; }

    /// <summary>Checks the operands and says what comes out, what is kept for backward and how much scratch is needed.</summary>
    /// <exception cref="ShapeException">The operands do not fit; the message names their shapes.</exception>
    public abstract void Infer(ref OpShapes s);

    /// <summary>
    /// Refuses elements of the inputs that Forward cannot take, such as an id outside its table. Asked before every
    /// Forward, of modules and of plans.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is one; the message names it.</exception>
    public virtual void Check(in OpArgs a)
    {
    }

    /// <summary>Computes the results. Views never come here.</summary>
    public abstract void Forward(in OpArgs a);

    /// <summary>Writes the gradients of the inputs, from those of the results.</summary>
    public virtual void Backward(in OpArgs a) => throw new NoGradientException(Name);

    /// <summary>Is there a Backward.</summary>
    public virtual bool HasGradient => true;

    /// <summary>
    /// Is the gradient of this input that of the first result, element after element, when both have as many. The tape then hands
    /// the memory on, and asks Backward only where a copy is needed.
    /// </summary>
    public virtual bool PassesGradient(int input) => false;

    /// <summary>Can Backward add to the gradient of its only input: <see cref="OpArgs.AddsToInputGrad"/> then says when.</summary>
    public virtual bool AddsToInputGrad => false;

    /// <summary>
    /// Can the kernels read this input where it lies, though it is not contiguous. Where they cannot, it arrives as a
    /// contiguous copy, which is counted.
    /// </summary>
    public virtual bool Accepts(int input, in Shape shape, in Shape strides) => false;

    /// <summary>Does Backward read the elements of the inputs. Where it does not, an input may change before backward.</summary>
    public virtual bool BackwardReadsInputs => true;

    /// <summary>
    /// May Forward write its result over this input, when both have the same shape and type and lie without gaps. True
    /// of elementwise operations: a plan then needs no memory for the result of an input that nobody else reads.
    /// </summary>
    public virtual bool MayOverwrite(int input) => false;

    /// <summary>
    /// The operation's own step in a plan: with weights laid out for it, ready to take over what follows. Null, and
    /// Forward runs as it does in a module.
    /// </summary>
    public virtual PlanStep? Plan(PlanUse use) => null;

    /// <summary>The operation as a function of each element, which a product can apply to its results; null for others.</summary>
    public virtual ElementFunction? AsElementFunction(in OpAttributes attributes) => null;

    /// <summary>Uses of the operation that tests compute and check against finite differences.</summary>
    public virtual IEnumerable<OpSample> Samples => [];

    /// <summary>Runs the operation on <paramref name="inputs"/> within the open scope, or outside any.</summary>
    protected Tensor Run(in OpAttributes attributes, params ReadOnlySpan<Tensor> inputs) => Dispatch.Run(this, attributes, inputs);
}
