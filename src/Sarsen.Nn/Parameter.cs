using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>A tensor that training changes. It belongs to its module, and so does its gradient.</summary>
public sealed class Parameter
{
    internal Parameter(string name, Tensor value, Initializer initializer)
    {
        Name = name;
        Initializer = initializer;
        Value = value.WithGrad();
    }

    /// <summary>Its name within its module, as in PyTorch's state dict.</summary>
    public string Name { get; }

    public Tensor Value { get; }

    /// <summary>How <see cref="Module.Initialize"/> fills it.</summary>
    public Initializer Initializer { get; set; }

    /// <summary>The gradient that backward left; none before.</summary>
    public Tensor Grad => Value.Grad;

    /// <summary>Is it trained. A frozen parameter has no gradient and is left alone by optimizers.</summary>
    public bool RequiresGrad
    {
        get => Value.RequiresGrad;
        set => Value.WithGrad(value);
    }

    public static implicit operator Tensor(Parameter parameter) => parameter.Value;
}
