using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>Modules one after the other, named 0, 1, 2, … as in PyTorch, or by given names.</summary>
public sealed class Sequential : Module
{
    private readonly List<Module> _modules = [];

    public Sequential(params IEnumerable<Module> modules)
    {
        foreach (Module module in modules)
            Add(module);
    }

    public IReadOnlyList<Module> Items => _modules;

    public Sequential Add(Module module, string? name = null)
    {
        _modules.Add(AddChild(name ?? _modules.Count.ToString(), module));
        return this;
    }

    protected override Tensor Forward(Tensor x)
    {
        foreach (Module module in _modules)
            x = module.Call(x);
        return x;
    }
}
