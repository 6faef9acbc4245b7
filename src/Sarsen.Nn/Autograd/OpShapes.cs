using System.Runtime.CompilerServices;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Autograd;

/// <summary>What <see cref="Op.Infer"/> is told and answers: the shapes of results, what backward needs kept, and scratch memory.</summary>
public ref struct OpShapes
{
    internal const int MaxOutputs = 4;
    internal const int MaxSaved = 6;

    [InlineArray(MaxOutputs)]
    internal struct OutputList
    {
        private TensorInfo _first;
    }

    [InlineArray(MaxSaved)]
    internal struct SavedList
    {
        private TensorInfo _first;
    }

    private readonly ReadOnlySpan<TensorInfo> _inputs;
    private readonly OpAttributes _attributes;
    internal OutputList Outputs;
    internal SavedList Saves;

    internal OpShapes(ReadOnlySpan<TensorInfo> inputs, in OpAttributes attributes, bool training, Workers workers)
    {
        _inputs = inputs;
        _attributes = attributes;
        IsTraining = training;
        Workers = workers;
    }

    public readonly ReadOnlySpan<TensorInfo> Inputs => _inputs;

    public readonly bool IsTraining { get; }

    /// <summary>Who will compute: some kernels need scratch memory for each of them.</summary>
    public readonly Workers Workers { get; }

    internal int OutputCount { get; private set; }

    internal int SavedCount { get; private set; }

    internal bool IsView { get; private set; }

    internal long ViewOffset { get; private set; }

    /// <summary>Bytes that Forward needs while it runs, 64-byte aligned.</summary>
    public long Workspace { get; set; }

    /// <summary>Bytes that Forward needs besides where nothing is saved: for what it would have written there.</summary>
    public long UnsavedWorkspace { get; set; }

    /// <summary>Bytes that Backward needs while it runs, 64-byte aligned.</summary>
    public long BackwardWorkspace { get; set; }

    public readonly T Attributes<T>() where T : unmanaged => _attributes.As<T>();

    /// <summary>One more result.</summary>
    public void Output(DType type, in Shape shape) => Outputs[OutputCount++] = new TensorInfo(type, shape, shape.Contiguous());

    /// <summary>One more tensor that Forward writes for Backward; it is absent when there is no backward to come.</summary>
    public void Save(DType type, in Shape shape) => Saves[SavedCount++] = new TensorInfo(type, shape, shape.Contiguous());

    /// <summary>The result is a view of input 0: nothing is computed.</summary>
    /// <param name="shape">The sizes of the view.</param>
    /// <param name="strides">Its steps, in elements.</param>
    /// <param name="offset">Where it begins, in elements from the input's first.</param>
    public void View(in Shape shape, in Shape strides, long offset = 0)
    {
        IsView = true;
        ViewOffset = offset;
        Outputs[OutputCount++] = new TensorInfo(_inputs[0].DType, shape, strides);
    }
}
