using System.Globalization;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = f(body(x) + shortcut(x)), the shortcut x itself unless given (He et al., «Deep residual learning», 2016). The
/// body's layers are named in this module itself, and the shortcut <c>downsample</c>, as in torchvision's blocks.
/// </summary>
public sealed class Residual : Module
{
    private readonly Module[] _body;
    private readonly Module? _shortcut;
    private readonly Module? _activation;

    /// <param name="body">The layers of the body in their order, with their names.</param>
    /// <param name="shortcut">What x goes through beside them; null: nothing.</param>
    /// <param name="activation">f; null: none.</param>
    /// <exception cref="ArgumentException">There is no body.</exception>
    public Residual(IEnumerable<(string Name, Module Module)> body, Module? shortcut = null, Module? activation = null)
    {
        _body = [.. body.Select(layer => AddChild(layer.Name, layer.Module))];
        if (_body.Length == 0)
            throw new ArgumentException("Residual: a body of at least one layer expected", nameof(body));
        _shortcut = shortcut is null ? null : AddChild("downsample", shortcut);
        _activation = activation is null ? null : AddChild("activation", activation);
    }

    /// <param name="body">The layers of the body, which keep their names.</param>
    /// <param name="shortcut">What x goes through beside them; null: nothing.</param>
    /// <param name="activation">f; null: none.</param>
    /// <exception cref="ArgumentException">There is no body.</exception>
    public Residual(Sequential body, Module? shortcut = null, Module? activation = null) : this(body.Children, shortcut, activation)
    {
    }

    /// <param name="body">The body; its layers are named 0, 1, 2, …</param>
    /// <param name="shortcut">What x goes through beside it; null: nothing.</param>
    /// <param name="activation">f; null: none.</param>
    public Residual(IEnumerable<Module> body, Module? shortcut = null, Module? activation = null)
        : this(body.Select((module, i) => (i.ToString(CultureInfo.InvariantCulture), module)), shortcut, activation)
    {
    }

    protected override Tensor Forward(Tensor x)
    {
        Tensor y = x;
        foreach (Module layer in _body)
            y = layer.Call(y);
        Tensor beside = _shortcut?.Call(x) ?? x;
        if (y.Shape != beside.Shape)
            throw new ShapeException($"Residual at '{Path}': the body gives {y.Shape}, what goes beside it is {beside.Shape}: give a shortcut that makes them equal, such as conv2d of kernel 1 with the body's channels and stride");
        Tensor sum = y + beside;
        return _activation?.Call(sum) ?? sum;
    }
}
