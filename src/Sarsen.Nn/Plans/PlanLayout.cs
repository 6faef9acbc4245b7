using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans;

/// <summary>
/// The steps for one shape of input, with a place in one buffer for each value. An elementwise step whose input nobody
/// else reads later writes over it.
/// </summary>
public sealed unsafe class PlanLayout
{
    private readonly Dictionary<PlanValue, long> _offsets = [];
    private readonly long[] _scratch;

    internal PlanLayout(PlanGraph graph, Workers workers)
    {
        Steps = [.. graph.Steps];
        (Input, Output) = (graph.Input, graph.Output);
        var blocks = new List<MemoryUse>();
        Dictionary<PlanValue, int> blockOf = Share(graph, blocks);
        int values = blocks.Count;
        for (int i = 0; i < Steps.Count; i++)
            blocks.Add(new MemoryUse(Steps[i].WorkspaceBytes(workers), i, i));
        (long[] offsets, Bytes) = MemoryPlan.Of(blocks);
        foreach ((PlanValue storage, int block) in blockOf)
            _offsets[storage] = offsets[block];
        _scratch = offsets[values..];
        KeepsInput = Output.Storage != Input && blockOf.Values.Count(block => block == blockOf[Input]) == 1;
        ValueBytes = blockOf.Keys.Sum(v => MemoryPlan.RoundUp(v.Bytes)) + blocks.Skip(values).Sum(b => MemoryPlan.RoundUp(b.Bytes));
    }

    public IReadOnlyList<PlanStep> Steps { get; }

    public PlanValue Input { get; }

    public PlanValue Output { get; }

    /// <summary>Bytes of the buffer that a run needs.</summary>
    public long Bytes { get; }

    /// <summary>Bytes of all values and scratch memory, had each its own.</summary>
    public long ValueBytes { get; }

    /// <summary>Bytes of all constants that the steps read.</summary>
    public long ConstantBytes => Steps.SelectMany(s => s.Constants).Distinct().Sum(c => c.Bytes);

    /// <summary>Nothing is written where the input lies as long as steps read it, and the result is no view of it.</summary>
    internal bool KeepsInput { get; }

    /// <summary>Where a value's storage begins in the buffer.</summary>
    internal long OffsetOf(PlanValue value) => _offsets[value.Storage];

    internal long ScratchOf(int step) => _scratch[step];

    /// <summary>The operand as a kernel takes it, for a buffer at <paramref name="memory"/>.</summary>
    internal TensorView Resolve(PlanValue value, byte* memory)
    {
        PlanConstant? constant = value.Storage.Constant;
        byte* storage = constant is not null ? constant.Data : memory + _offsets[value.Storage];
        return new TensorView(storage + value.Offset * value.DType.Size(), value.DType, value.Shape, value.Strides);
    }

    /// <summary>The block of each storage, and when each block is in use.</summary>
    private static Dictionary<PlanValue, int> Share(PlanGraph graph, List<MemoryUse> blocks)
    {
        IReadOnlyList<PlanStep> steps = graph.Steps;
        var last = new Dictionary<PlanValue, int>();
        for (int i = 0; i < steps.Count; i++)
        {
            foreach (PlanValue input in steps[i].Inputs)
                last[input.Storage] = i;
        }
        last[graph.Output.Storage] = steps.Count;

        var blockOf = new Dictionary<PlanValue, int> { [graph.Input] = 0 };
        blocks.Add(new MemoryUse(graph.Input.Bytes, 0, last.GetValueOrDefault(graph.Input, 0)));
        for (int i = 0; i < steps.Count; i++)
        {
            for (int o = 0; o < steps[i].Outputs.Count; o++)
            {
                PlanValue output = steps[i].Outputs[o];
                int end = last.GetValueOrDefault(output, i);
                int over = o == 0 ? Overwritable(steps[i], i, last) : -1;
                if (over >= 0)
                {
                    int block = blockOf[steps[i].Inputs[over].Storage];
                    blocks[block] = blocks[block] with { Last = Math.Max(end, i) };
                    blockOf[output] = block;
                    continue;
                }
                blockOf[output] = blocks.Count;
                blocks.Add(new MemoryUse(output.Bytes, i, end));
            }
        }
        return blockOf;
    }

    /// <summary>The input that dies in this step and that the step's first result may take the place of; -1 for none.</summary>
    private static int Overwritable(PlanStep step, int at, Dictionary<PlanValue, int> last)
    {
        PlanValue output = step.Outputs[0];
        for (int i = 0; i < step.Inputs.Count; i++)
        {
            PlanValue input = step.Inputs[i];
            bool whole = input.IsContiguous && input.Offset == 0 && input.Shape == output.Shape && input.DType == output.DType
                && input.Storage.Bytes == output.Bytes;
            // Another view of the same memory would be read after it was written.
            bool alone = step.Inputs.All(other => other.Storage != input.Storage || other == input);
            if (step.MayOverwrite(i) && whole && alone && input.Storage.Constant is null && last[input.Storage] == at)
                return i;
        }
        return -1;
    }
}
