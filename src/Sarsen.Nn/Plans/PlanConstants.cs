using System.Globalization;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans;

/// <summary>
/// The constants of a plan. What is computed of constants is named by how, and of which, so all layouts share it; what no
/// layout refers to any more is given back.
/// </summary>
public sealed unsafe class PlanConstants
{
    private readonly Dictionary<Tensor, PlanConstant> _leaves = [];
    private readonly Dictionary<string, WeakReference<PlanConstant>> _computed = [];
    private long _ids;

    internal PlanConstant Leaf(Tensor tensor, string? name)
    {
        if (!_leaves.TryGetValue(tensor, out PlanConstant? leaf))
            leaf = _leaves[tensor] = new PlanConstant(++_ids, tensor, name);
        return leaf;
    }

    /// <summary>A constant that <paramref name="fill"/> writes when its elements are first asked for, unless it is known already.</summary>
    /// <param name="how">Names the computation and all that it depends on but <paramref name="of"/>.</param>
    /// <param name="of">What it is computed of.</param>
    /// <param name="type">Its elements.</param>
    /// <param name="shape">Its sizes; row-major without gaps.</param>
    /// <param name="fill">Writes every element; the memory is 64-byte aligned and zero.</param>
    public PlanConstant Computed(string how, IEnumerable<PlanConstant> of, DType type, in Shape shape, Action<nint> fill)
    {
        Shape sizes = shape;
        PlanConstant[] sources = [.. of];
        return Known(Key(how, sources), () => new PlanConstant(++_ids, () =>
        {
            NativeBuffer buffer = NativeBuffer.Allocate(checked(sizes.Count * type.Size()));
            fill((nint)buffer.Pointer);
            return buffer;
        }, type, sizes, sources));
    }

    /// <summary>The result of an operation of constants alone.</summary>
    internal PlanConstant Of(Op op, in OpAttributes attributes, IReadOnlyList<PlanConstant> inputs, int output, TensorInfo info, in OpShapes shapes)
    {
        long workspace = shapes.Workspace + shapes.UnsavedWorkspace;
        int outputs = shapes.OutputCount;
        var types = new TensorInfo[outputs];
        for (int i = 0; i < outputs; i++)
            types[i] = shapes.Outputs[i];
        OpAttributes constants = attributes;
        string how = string.Create(CultureInfo.InvariantCulture, $"{op.Name} {constants} {output}");
        return Computed(how, inputs, info.DType, info.Shape, to =>
        {
            NativeBuffer[] buffers = [.. types.Select(t => NativeBuffer.Allocate(t.Shape.Count * t.DType.Size()))];
            using NativeBuffer scratch = NativeBuffer.Allocate(workspace);
            Span<TensorView> ins = new TensorView[inputs.Count], outs = new TensorView[outputs];
            for (int i = 0; i < inputs.Count; i++)
                ins[i] = new TensorView(inputs[i].Data, inputs[i].DType, inputs[i].Shape, inputs[i].Strides);
            for (int i = 0; i < outputs; i++)
                outs[i] = new TensorView(i == output ? (byte*)to : buffers[i].Pointer, types[i].DType, types[i].Shape, types[i].Strides);
            var args = new OpArgs(constants, Workers.Serial) { Inputs = ins, Outputs = outs, Workspace = scratch.Pointer };
            op.Check(args);
            op.Forward(args);
            foreach (NativeBuffer buffer in buffers)
                buffer.Dispose();
        });
    }

    internal PlanConstant View(PlanConstant of, in Shape shape, in Shape strides, long offset)
    {
        (Shape sizes, Shape steps) = (shape, strides);
        return Known(Key(string.Create(CultureInfo.InvariantCulture, $"view {sizes} {steps} {offset}"), [of]), () => new PlanConstant(++_ids, of, sizes, steps, offset));
    }

    private PlanConstant Known(string key, Func<PlanConstant> make)
    {
        if (_computed.TryGetValue(key, out WeakReference<PlanConstant>? weak) && weak.TryGetTarget(out PlanConstant? known))
            return known;
        PlanConstant made = make();
        _computed[key] = new WeakReference<PlanConstant>(made);
        return made;
    }

    private static string Key(string how, IEnumerable<PlanConstant> of) =>
        string.Create(CultureInfo.InvariantCulture, $"{how} {string.Join(' ', of.Select(c => c.Id))}");
}
