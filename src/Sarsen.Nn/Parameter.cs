using Sarsen.Nn.Ops;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn;

/// <summary>
/// A tensor that training changes. It belongs to its module, and so does its gradient. Of a model that only answers, a weight
/// may be held in another way instead (<see cref="Held"/>), in fewer bits and in the order in which products read it.
/// </summary>
public sealed class Parameter
{
    private readonly Lock _gate = new();
    private readonly TensorOwner _owner;
    private Tensor _value;
    private bool _requiresGrad = true;

    internal Parameter(string name, TensorOwner owner, DType type, in Shape shape, Initializer initializer)
    {
        (Name, DType, Shape, Initializer) = (name, type, shape, initializer);
        _owner = owner;
    }

    /// <summary>Its name within its module, as in PyTorch's state dict.</summary>
    public string Name { get; }

    public Shape Shape { get; }

    public DType DType { get; }

    /// <summary>Its elements; zeros take memory from when they are first asked for.</summary>
    /// <exception cref="InvalidOperationException">The weight is held in another way, and has no elements of its own.</exception>
    public Tensor Value => _value.IsNone ? Allocate() : _value;

    /// <summary>The weight when it is held in another way; null where <see cref="Value"/> is the weight.</summary>
    public WeightMatrix? Held { get; private set; }

    /// <summary>Products with the held weight; null where there is none.</summary>
    internal HeldLinearOp? HeldLinear { get; private set; }

    /// <summary>Rows of the held weight; null where there is none.</summary>
    internal HeldEmbeddingOp? HeldEmbedding { get; private set; }

    /// <summary>How <see cref="Module.Initialize"/> fills it.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>The gradient that backward left; none before.</summary>
    public Tensor Grad => _value.IsNone ? default : _value.Grad;

    /// <summary>Is it trained. A frozen parameter has no gradient and is left alone by optimizers.</summary>
    public bool RequiresGrad
    {
        get => Held is null && (_value.IsNone ? _requiresGrad : _value.RequiresGrad);
        set
        {
            _requiresGrad = value;
            if (!_value.IsNone)
                _value.WithGrad(value);
        }
    }

    public static implicit operator Tensor(Parameter parameter) => parameter.Value;

    /// <summary>Holds the weight in another way from now on: the model answers with it and does not train it.</summary>
    /// <param name="weight">Of the parameter's shape, (outputs, inputs).</param>
    /// <exception cref="ShapeException">It has another shape.</exception>
    /// <exception cref="InvalidOperationException">The parameter has elements already.</exception>
    public void Hold(WeightMatrix weight)
    {
        if (Shape != new Shape(weight.Outputs, weight.Inputs))
            throw new ShapeException($"'{Name}' is {Shape}, a weight of ({weight.Outputs}, {weight.Inputs}) cannot stand for it");
        lock (_gate)
        {
            if (!_value.IsNone)
                throw new InvalidOperationException($"'{Name}' has elements of its own: a weight is held in another way before it is used");
            (Held, HeldLinear, HeldEmbedding) = (weight, new HeldLinearOp(weight), new HeldEmbeddingOp(weight));
        }
    }

    internal void ZeroGrad()
    {
        if (!_value.IsNone)
            _value.ZeroGrad();
    }

    private Tensor Allocate()
    {
        lock (_gate)
        {
            if (Held is not null)
                throw new InvalidOperationException($"'{Name}' of {Shape} is held to be multiplied, not to be read or trained: load the model with its weights as f32");
            if (_value.IsNone)
                _value = _owner.New(DType, Shape).WithGrad(_requiresGrad);
            return _value;
        }
    }
}
