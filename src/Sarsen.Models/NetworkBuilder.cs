using System.Globalization;
using Sarsen.Models.Layers;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models;

/// <summary>
/// Puts modules together one after the other and knows what each is given: the shape that comes out of a module is
/// found by a shape-only run of it, so no layer states its shape rule twice.
/// </summary>
public sealed class NetworkBuilder
{
    private readonly List<(string? Name, Module Module)> _modules = [];
    private readonly Arena _arena;

    internal NetworkBuilder(Arena arena, DType type, in Shape sample)
    {
        _arena = arena;
        (Type, Sample) = (type, sample);
    }

    /// <summary>The element type that the next module is given.</summary>
    public DType Type { get; private set; }

    /// <summary>The shape of one sample that the next module is given, without the batch.</summary>
    public Shape Sample { get; private set; }

    /// <summary>One more module at the end.</summary>
    /// <param name="module">The module.</param>
    /// <param name="name">Its name in the state dict; its number when null.</param>
    /// <exception cref="ShapeException">It cannot take what the one before it gives.</exception>
    public void Add(Module module, string? name = null)
    {
        using Scope scope = _arena.Begin(Mode.Shapes);
        Tensor result = module.Call(scope.Empty(Type, Batch(Sample)));
        Sample = WithoutBatch(result.Shape);
        Type = result.DType;
        _modules.Add((name, module));
    }

    /// <summary>The function as a module of its own; none for <see cref="ActivationKind.None"/>.</summary>
    public void Activate(ActivationKind kind)
    {
        if (kind != ActivationKind.None)
            Add(kind.ToModule());
    }

    /// <summary>Layers that a layer holds, as one module that is given what the builder is given.</summary>
    /// <exception cref="ShapeException">One cannot take what the one before it gives; the message names it.</exception>
    public Sequential Inner(IReadOnlyList<LayerSpec> layers)
    {
        var inner = new NetworkBuilder(_arena, Type, Sample);
        for (int i = 0; i < layers.Count; i++)
        {
            try
            {
                layers[i].Build(inner);
            }
            catch (Exception e) when (e is ShapeException or ArgumentException or NotSupportedException)
            {
                throw new ShapeException($"its layer {i + 1} ({LayerCatalogue.WordOf(layers[i])}): {e.Message}");
            }
        }
        return inner.ToSequential();
    }

    /// <summary>The modules, one after the other.</summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    internal Sequential ToSequential()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var sequential = new Sequential();
        foreach ((string? name, Module module) in _modules)
        {
            string called = name ?? sequential.Items.Count.ToString(CultureInfo.InvariantCulture);
            if (!names.Add(called))
                throw new ArgumentException($"two layers are named '{called}': give each its own name");
            sequential.Add(module, called);
        }
        return sequential;
    }

    /// <summary>Takes the last module away again, when it is the one that <paramref name="which"/> knows.</summary>
    internal Module? TakeLast(Predicate<Module> which)
    {
        if (_modules.Count == 0 || !which(_modules[^1].Module))
            return null;
        Module last = _modules[^1].Module;
        _modules.RemoveAt(_modules.Count - 1);
        return last;
    }

    private static Shape Batch(in Shape sample)
    {
        Span<long> sizes = stackalloc long[Shape.MaxRank];
        if (sample.Rank == Shape.MaxRank)
            throw new ShapeException($"a sample has at most {Shape.MaxRank - 1} dimensions, this one has the shape {sample}");
        // Two: the statistics of a batch of one are refused.
        sizes[0] = 2;
        sample.AsSpan().CopyTo(sizes[1..]);
        return new Shape(sizes[..(sample.Rank + 1)]);
    }

    private static Shape WithoutBatch(in Shape shape) => new(shape.AsSpan()[1..]);
}
