using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Plans;

/// <summary>
/// Runs a plan: the memory of one request at a time. After the first run of a shape nothing is allocated and no new page
/// is touched. One thread uses a runner at a time; several runners share a plan.
/// </summary>
public sealed unsafe class PlanRunner : IDisposable
{
    private const int MaxBound = 64;

    private readonly Plan _plan;
    private readonly MemoryBudget? _budget;
    private readonly ReservedMemory _memory;
    private readonly Dictionary<Shape, Bound> _bound = [];
    private Bound? _current;
    private long _charged;
    private bool _disposed;

    private sealed record Bound(PlanLayout Layout, Shape Input, BoundStep[] Steps, TensorView X, TensorView Y, InputUse[] InputUses);

    /// <summary>An operand that is a view of the input.</summary>
    private readonly record struct InputUse(int Step, int Operand);

    private readonly struct BoundStep(PlanStep step, TensorView[] inputs, TensorView[] outputs, byte* scratch)
    {
        public readonly PlanStep Step = step;
        public readonly TensorView[] Inputs = inputs;
        public readonly TensorView[] Outputs = outputs;
        public readonly byte* Scratch = scratch;
    }

    /// <param name="plan">What it runs.</param>
    /// <param name="workers">Who computes; the whole worker set when null.</param>
    /// <param name="budget">What the buffer's growth is charged to before it happens; unlimited when null.</param>
    /// <param name="reserve">Address space in bytes: the most that a run may need.</param>
    public PlanRunner(Plan plan, Workers? workers = null, MemoryBudget? budget = null, long reserve = Arena.DefaultReserve)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _plan = plan;
        Workers = workers ?? Workers.Shared;
        _budget = budget;
        _memory = new ReservedMemory(reserve);
    }

    public Workers Workers { get; }

    /// <summary>The layout of the last <see cref="Prepare"/>.</summary>
    public PlanLayout Layout => Current.Layout;

    /// <summary>The shape of the result.</summary>
    public Shape OutputShape => Current.Y.Shape;

    /// <summary>The bytes of the input, to be filled before each <see cref="Run(CancellationToken)"/>: a run may use the memory for something else.</summary>
    /// <param name="input">The shape of the input, with the batch.</param>
    /// <exception cref="ShapeException">The network cannot take this shape.</exception>
    /// <exception cref="MemoryBudgetException">The budget has not so much left.</exception>
    public Span<byte> Prepare(in Shape input)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_current is null || _current.Input != input)
            _current = _bound.TryGetValue(input, out Bound? bound) ? bound : Bind(input);
        return new Span<byte>(_current.X.Data, checked((int)(_current.X.Count * _current.X.DType.Size())));
    }

    /// <summary>Computes the result of an input that is read where it lies, unless the plan writes over it: then it is copied first.</summary>
    /// <param name="shape">The shape of the input, with the batch.</param>
    /// <param name="input">Its bytes, row-major.</param>
    /// <param name="stop">Asked between steps.</param>
    /// <exception cref="ArgumentException">There are more bytes or less than the shape has.</exception>
    /// <exception cref="ShapeException">The network cannot take this shape.</exception>
    /// <exception cref="MemoryBudgetException">The budget has not so much left.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The input holds what the network cannot take, such as an id outside a table.</exception>
    public void Run(in Shape shape, ReadOnlySpan<byte> input, CancellationToken stop = default)
    {
        Span<byte> own = Prepare(shape);
        if (input.Length != own.Length)
            throw new ArgumentException($"an input of {shape} has {own.Length:N0} bytes: {input.Length:N0} are given", nameof(input));
        Bound bound = Current;
        if (!bound.Layout.KeepsInput)
        {
            input.CopyTo(own);
            Run(stop);
            return;
        }
        fixed (byte* bytes = input)
        {
            try
            {
                Rebind(bound, bytes - bound.X.Data);
                Run(stop);
            }
            finally
            {
                Rebind(bound, bound.X.Data - bytes);
            }
        }
    }

    private static void Rebind(Bound bound, long distance)
    {
        foreach ((int step, int operand) in bound.InputUses)
        {
            ref TensorView view = ref bound.Steps[step].Inputs[operand];
            view = new TensorView(view.Data + distance, view.DType, view.Shape, view.Strides);
        }
    }

    /// <summary>Computes the result of the prepared input.</summary>
    /// <param name="stop">Asked between steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">The input holds what the network cannot take, such as an id outside a table.</exception>
    public void Run(CancellationToken stop = default)
    {
        foreach (ref readonly BoundStep bound in Current.Steps.AsSpan())
        {
            stop.ThrowIfCancellationRequested();
            OpAttributes none = default;
            bound.Step.Run(new OpArgs(none, Workers) { Inputs = bound.Inputs, Outputs = bound.Outputs, Workspace = bound.Scratch });
        }
    }

    /// <summary>The result of the last run, row-major, valid until the next <see cref="Prepare"/>.</summary>
    /// <exception cref="InvalidOperationException">It has another element type.</exception>
    public ReadOnlySpan<T> Output<T>() where T : unmanaged
    {
        TensorView y = Current.Y;
        if (y.DType != DTypes.Of<T>())
            throw new InvalidOperationException($"the result holds {y.DType}, not {DTypes.Of<T>()}");
        return new ReadOnlySpan<T>(y.Data, checked((int)y.Count));
    }

    private Bound Current => _current ?? throw new InvalidOperationException("a run begins with Prepare, which says the shape of the input");

    private Bound Bind(in Shape input)
    {
        PlanLayout layout = _plan.LayoutFor(input, Workers);
        Grow(layout.Bytes);
        byte* memory = _memory.Pointer;
        var steps = new BoundStep[layout.Steps.Count];
        for (int i = 0; i < steps.Length; i++)
        {
            PlanStep step = layout.Steps[i];
            steps[i] = new BoundStep(step, Views(step.Inputs), Views(step.Outputs), memory + layout.ScratchOf(i));
        }
        // Rare enough that all go at once.
        if (_bound.Count >= MaxBound)
            _bound.Clear();
        InputUse[] uses = [.. layout.Steps.SelectMany((step, i) => Enumerable.Range(0, step.Inputs.Count).Where(o => step.Inputs[o].Storage == layout.Input).Select(o => new InputUse(i, o)))];
        return _bound[input] = new Bound(layout, input, steps, layout.Resolve(layout.Input, memory), layout.Resolve(layout.Output, memory), uses);

        TensorView[] Views(IReadOnlyList<PlanValue> values)
        {
            var views = new TensorView[values.Count];
            for (int i = 0; i < views.Length; i++)
                views[i] = layout.Resolve(values[i], memory);
            return views;
        }
    }

    private void Grow(long bytes)
    {
        if (bytes > _memory.Bytes)
        {
            throw new InsufficientMemoryException(
                $"the runner's {_memory.Bytes:N0} bytes of address space cannot hold the {bytes:N0} of this run: use a smaller batch, or give the runner a larger reserve");
        }
        if (bytes <= _charged)
            return;
        _budget?.Reserve(bytes - _charged, "the memory of a plan");
        _memory.Commit(bytes);
        _charged = bytes;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _current = null;
        _memory.Dispose();
        _budget?.Release(_charged);
    }
}
