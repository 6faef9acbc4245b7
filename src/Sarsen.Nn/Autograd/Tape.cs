using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>
/// Notes the operations of a scope, in order. <see cref="Backward(Tensor, double)"/> walks them in reverse for the gradients and
/// gives their memory back as it goes; <see cref="ToGraph"/> turns them into the graph that shape tables, plans and
/// exports are made from. One tape serves every step of a run: it keeps its arrays.
/// </summary>
public sealed partial class Tape : ITape, IDisposable
{
    private TapeNode[] _nodes = new TapeNode[64];
    private TapeOperand[] _operands = new TapeOperand[256];
    private int _operandCount;

    /// <summary>
    /// Notes a prediction: in a shape-only run too, dropout passes through, batch norm takes a single sample, and nothing
    /// is kept for backward.
    /// </summary>
    public bool IsInference { get; init; }

    /// <summary>Operations noted.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets everything; the scope does this when it ends.</summary>
    public void Clear()
    {
        Array.Clear(_operands, 0, _operandCount);
        Array.Clear(_nodes, 0, Count);
        Count = 0;
        _operandCount = 0;
        // A module's call that threw left its own here.
        CurrentModule = null;
    }

    internal void Record(Op op, in OpAttributes attributes, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs,
        ReadOnlySpan<Tensor> saved, ArenaMark start, bool needsGrad, long backwardWorkspace)
    {
        if (Count == _nodes.Length)
            Array.Resize(ref _nodes, Count * 2);
        ref TapeNode node = ref _nodes[Count];
        node.Op = op;
        node.Attributes = attributes;
        node.Module = CurrentModule;
        node.Start = start;
        node.NeedsGrad = needsGrad;
        node.BackwardWorkspace = backwardWorkspace;
        node.First = _operandCount;
        node.InputCount = inputs.Length;
        node.OutputCount = outputs.Length;
        node.SavedCount = saved.Length;
        AddOperands(inputs);
        AddOperands(outputs);
        AddOperands(saved);
        foreach (Tensor output in outputs)
            output.Record.Node = Count;
        Count++;
    }

    private void AddOperands(ReadOnlySpan<Tensor> tensors)
    {
        while (_operandCount + tensors.Length > _operands.Length)
            Array.Resize(ref _operands, _operands.Length * 2);
        foreach (Tensor tensor in tensors)
            _operands[_operandCount++] = new TapeOperand(tensor, VersionOf(tensor));
    }

    private static int VersionOf(Tensor tensor)
    {
        ref TensorRecord record = ref tensor.Record;
        return record.Base.At(record.BaseSlot).Version;
    }

    /// <summary>The module whose call is running, for tables and messages; null outside any.</summary>
    internal Module? CurrentModule { get; set; }

    /// <summary>The calls of modules that have ended, inner before outer, with the shape that came out.</summary>
    internal List<(Module Module, Shape Result)>? Calls { get; set; }

    internal void NoteCall(Module module, Tensor result) => Calls?.Add((module, result.Shape));
}
