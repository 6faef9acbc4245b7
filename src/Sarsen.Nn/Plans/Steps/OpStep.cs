using Sarsen.Nn.Autograd;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans.Steps;

/// <summary>An operation as modules run it.</summary>
internal sealed class OpStep(Op op, in OpAttributes attributes, IReadOnlyList<PlanValue> inputs, IReadOnlyList<PlanValue> outputs)
    : PlanStep(inputs, outputs)
{
    private readonly OpAttributes _attributes = attributes;

    public Op Op => op;

    public ref readonly OpAttributes Attributes => ref _attributes;

    public override string Name => op.Name;

    public override bool MayOverwrite(int input) => op.MayOverwrite(input);

    public override long WorkspaceBytes(Workers workers)
    {
        TensorInfo[] infos = [.. Inputs.Select(i => new TensorInfo(i.DType, i.Shape, i.Strides))];
        var shapes = new OpShapes(infos, _attributes, training: false, workers);
        op.Infer(ref shapes);
        return shapes.Workspace + shapes.UnsavedWorkspace;
    }

    public override void Run(in OpArgs a)
    {
        OpArgs args = a.With(_attributes);
        op.Check(args);
        op.Forward(args);
    }
}
