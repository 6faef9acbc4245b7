namespace Sarsen.Tensors;

/// <summary>What the operations of a <see cref="Scope"/> do.</summary>
public enum Mode : byte
{
    /// <summary>Compute; dropout passes through and batch norm uses its running statistics.</summary>
    Inference,

    /// <summary>Compute; dropout drops and batch norm uses and updates the statistics of the batch.</summary>
    Training,

    /// <summary>
    /// Shapes, nodes and memory as in <see cref="Training"/>, but no kernel runs and no page is touched:
    /// the shape table, the graph and the peak memory come from this.
    /// </summary>
    Shapes,
}
