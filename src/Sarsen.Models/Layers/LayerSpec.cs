using System.ComponentModel;

namespace Sarsen.Models.Layers;

/// <summary>
/// A layer as a spec and a stored model say it: a record with a parameterless constructor, its options as init
/// properties. What it is given, its builder knows. A new layer is one file and one line in <see cref="LayerCatalogue"/>.
/// </summary>
public abstract record LayerSpec
{
    [Description("Its name among the parameters; nothing: its number.")]
    public string? Name { get; init; }

    /// <summary>The layer for a vocabulary of so many ids; most look at no ids.</summary>
    /// <param name="size">The ids that the preprocessing gives.</param>
    /// <param name="where">Names the layer in messages.</param>
    /// <exception cref="ArgumentException">The layer says that there are fewer.</exception>
    public virtual LayerSpec WithVocabulary(int size, string where) => this;

    /// <summary>Adds the layer's modules.</summary>
    /// <exception cref="Tensors.ShapeException">It cannot take what the layer before it gives.</exception>
    public abstract void Build(NetworkBuilder builder);
}
