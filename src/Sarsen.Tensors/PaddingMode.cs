namespace Sarsen.Tensors;

/// <summary>What stands around a padded picture.</summary>
public enum PaddingMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The picture mirrored at its edge, the edge itself not repeated.</summary>
    Reflect,

    /// <summary>The nearest element of the edge.</summary>
    Replicate,
}
