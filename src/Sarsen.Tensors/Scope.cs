namespace Sarsen.Tensors;

/// <summary>
/// A step or a request: the tensors that operations make while it is open live in its arena and end with it. As a
/// ref struct it cannot be held by a heap object or cross an await, so it ends where it began:
/// <code>
/// using var scope = arena.Begin(Mode.Training, tape);
/// Tensor loss = model.Call(x).CrossEntropy(y);
/// </code>
/// </summary>
public readonly ref struct Scope
{
    private readonly ScopeFrame _frame;
    private readonly long _id;

    internal Scope(ScopeFrame frame)
    {
        _frame = frame;
        _id = frame.Id;
    }

    public Mode Mode => Frame.Mode;

    /// <summary>A tensor of this scope with unset elements.</summary>
    public Tensor Empty(DType type, in Shape shape) => Frame.Arena.New(type, shape);

    /// <summary>A tensor of zeros.</summary>
    public Tensor Zeros(DType type, in Shape shape)
    {
        Tensor tensor = Empty(type, shape);
        if (Mode != Mode.Shapes)
            tensor.Bytes.Clear();
        return tensor;
    }

    /// <summary>A copy of <paramref name="values"/>, row-major.</summary>
    /// <exception cref="ShapeException">The number of values is not the shape's.</exception>
    public Tensor From<T>(ReadOnlySpan<T> values, in Shape shape) where T : unmanaged
    {
        if (values.Length != shape.Count)
            throw new ShapeException($"From: {values.Length} values given for the shape {shape}, which has {shape.Count}");
        Tensor tensor = Empty(DTypes.Of<T>(), shape);
        if (Mode != Mode.Shapes)
            values.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    private ScopeFrame Frame => _frame.Id == _id
        ? _frame
        : throw new StaleTensorException("this scope has ended");

    /// <summary>Ends the scope: its tensors are stale from here on.</summary>
    /// <exception cref="InvalidOperationException">An inner scope is still open, or this is another thread.</exception>
    public void Dispose()
    {
        if (_frame.Id == _id)
            _frame.Arena.End(_frame);
    }
}
