using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>A tensor of a <see cref="Graph"/>.</summary>
/// <param name="Id">Its place in <see cref="Graph.Values"/>.</param>
/// <param name="DType">The element type.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="Name">The path of a parameter or buffer; null for what is computed or given.</param>
/// <param name="Producer">The node that makes it; -1 for parameters and inputs.</param>
public sealed record GraphValue(int Id, DType DType, Shape Shape, string? Name, int Producer)
{
    /// <summary>The handle of the run; stale once its scope has ended, but for parameters and constants.</summary>
    internal Tensor Handle { get; init; }
}

/// <summary>One use of an operation.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Attributes">Its constants.</param>
/// <param name="Module">The path of the module in whose call it ran.</param>
/// <param name="Inputs">Ids of values.</param>
/// <param name="Outputs">Ids of values.</param>
public sealed record GraphNode(Op Op, OpAttributes Attributes, string Module, IReadOnlyList<int> Inputs, IReadOnlyList<int> Outputs);

/// <summary>What a tape noted, without its memory: the operations of one run in order, and the values between them.</summary>
/// <param name="Values">All tensors.</param>
/// <param name="Nodes">In the order of the run.</param>
public sealed record Graph(IReadOnlyList<GraphValue> Values, IReadOnlyList<GraphNode> Nodes)
{
    /// <summary>Values that are neither computed nor the module's own: what the run was given.</summary>
    public IEnumerable<GraphValue> Inputs => Values.Where(v => v.Producer < 0 && v.Name is null);

    /// <summary>Values that no operation reads.</summary>
    public IEnumerable<GraphValue> Results
    {
        get
        {
            HashSet<int> read = [.. Nodes.SelectMany(n => n.Inputs)];
            return Values.Where(v => v.Producer >= 0 && !read.Contains(v.Id));
        }
    }
}
