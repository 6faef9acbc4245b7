using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Autograd;

/// <summary>What Forward and Backward work on. All memory is there; nothing is to be allocated, and nothing may throw.</summary>
public readonly unsafe ref struct OpArgs
{
    private readonly ref readonly OpAttributes _attributes;

    internal OpArgs(in OpAttributes attributes, Workers workers)
    {
        _attributes = ref attributes;
        Workers = workers;
    }

    public ReadOnlySpan<TensorView> Inputs { get; internal init; }

    public ReadOnlySpan<TensorView> Outputs { get; internal init; }

    /// <summary>Empty when no backward is to come: Forward then keeps nothing.</summary>
    public ReadOnlySpan<TensorView> Saved { get; internal init; }

    /// <summary>Backward only. None where no gradient arrived for that result.</summary>
    public ReadOnlySpan<TensorView> OutputGrads { get; internal init; }

    /// <summary>Backward only. To be written, not added to; None where no gradient is wanted.</summary>
    public ReadOnlySpan<TensorView> InputGrads { get; internal init; }

    /// <summary>Backward only, of operations with <see cref="Op.AddsToInputGrad"/>: the one gradient is added to what lies there.</summary>
    public bool AddsToInputGrad { get; internal init; }

    public byte* Workspace { get; internal init; }

    /// <summary>Weights that a plan has packed for a recurrent operation's two products; null elsewhere.</summary>
    internal byte* PackedInput { get; init; }

    internal byte* PackedHidden { get; init; }

    public Workers Workers { get; }

    /// <summary>Forward only: at the step and the first global sample of the batch.</summary>
    public Rng Rng { get; internal init; }

    public bool IsTraining { get; internal init; }

    internal OpArgs WithPacked(byte* input, byte* hidden) => new(_attributes, Workers)
    {
        Inputs = Inputs,
        Outputs = Outputs,
        Workspace = Workspace,
        PackedInput = input,
        PackedHidden = hidden,
    };

    internal OpArgs With(in OpAttributes attributes) => new(attributes, Workers)
    {
        Inputs = Inputs,
        Outputs = Outputs,
        Workspace = Workspace,
        PackedInput = PackedInput,
        PackedHidden = PackedHidden,
    };

    public T Attributes<T>() where T : unmanaged => _attributes.As<T>();
}
