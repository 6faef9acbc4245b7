using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>One entry of a module's state: a parameter, or a buffer such as a running mean.</summary>
public readonly struct ModuleState
{
    private readonly Tensor _buffer;

    internal ModuleState(string name, Tensor buffer, Parameter? parameter) => (Name, _buffer, Parameter) = (name, buffer, parameter);

    /// <summary>The full path, as in PyTorch's state dict: <c>0.weight</c>.</summary>
    public string Name { get; }

    /// <summary>The parameter; null for a buffer.</summary>
    public Parameter? Parameter { get; }

    /// <summary>The tensor.</summary>
    public Tensor Value => Parameter is null ? _buffer : Parameter.Value;

    public Shape Shape => Parameter is null ? _buffer.Shape : Parameter.Shape;

    public void Deconstruct(out string name, out Tensor value, out Parameter? parameter) => (name, value, parameter) = (Name, Value, Parameter);
}
