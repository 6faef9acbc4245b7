using Sarsen.Models.Layers;
using Sarsen.Nn;
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

    internal IReadOnlyList<(string? Name, Module Module)> Modules => _modules;

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
