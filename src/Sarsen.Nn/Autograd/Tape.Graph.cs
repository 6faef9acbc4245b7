using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

public sealed partial class Tape
{
    /// <summary>The graph of what was noted so far; tensors of <paramref name="root"/> get their names.</summary>
    public Graph ToGraph(Module? root = null)
    {
        Dictionary<Tensor, string> names = root?.State().ToDictionary(s => s.Value, s => s.Name) ?? [];
        var ids = new Dictionary<Tensor, int>();
        var values = new List<GraphValue>();
        var nodes = new List<GraphNode>();
        for (int i = 0; i < Count; i++)
        {
            TapeNode node = _nodes[i];
            int[] inputs = [.. Operands(node.First, node.InputCount).Select(t => IdOf(t, -1))];
            int[] outputs = [.. Operands(node.First + node.InputCount, node.OutputCount).Select(t => IdOf(t, nodes.Count))];
            nodes.Add(new GraphNode(node.Op, node.Attributes, node.Module?.Path ?? "", inputs, outputs));
        }
        return new Graph(values, nodes);

        int IdOf(Tensor tensor, int producer)
        {
            if (!ids.TryGetValue(tensor, out int id))
            {
                id = ids[tensor] = values.Count;
                values.Add(new GraphValue(id, tensor.DType, tensor.Shape, names.GetValueOrDefault(tensor), producer) { Handle = tensor });
            }
            return id;
        }
    }

    /// <summary>
    /// Where a result first was not finite though its inputs were: the module's path and the operation. Null when all
    /// results are finite. Call it before <see cref="Backward(Tensor, double)"/>.
    /// </summary>
    public (string Module, string Op)? FindNonFinite()
    {
        for (int i = 0; i < Count; i++)
        {
            ref TapeNode node = ref _nodes[i];
            foreach (Tensor output in Operands(node.First + node.InputCount, node.OutputCount))
            {
                if (!IsFinite(output))
                    return (node.Module?.Path ?? "", node.Op.Name);
            }
        }
        return null;
    }

    internal static bool IsFinite(Tensor tensor) => tensor.DType switch
    {
        DType.F32 => !tensor.ToArray<float>().Any(v => !float.IsFinite(v)),
        DType.F64 => !tensor.ToArray<double>().Any(v => !double.IsFinite(v)),
        _ => true,
    };

    private IEnumerable<Tensor> Operands(int first, int count)
    {
        for (int i = 0; i < count; i++)
            yield return _operands[first + i].Tensor;
    }
}
