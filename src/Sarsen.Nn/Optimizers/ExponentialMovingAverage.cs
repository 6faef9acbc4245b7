using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// A second set of weights that follows the trained ones: s ← s + (1 - decay) (p - s) after each step, and s = p after the
/// first; PyTorch's AveragedModel with an exponential average (Polyak and Juditsky, 1992). It is often the better model: evaluate
/// and keep it by <see cref="Swap"/>. Buffers are not averaged.
/// </summary>
public sealed class ExponentialMovingAverage
{
    /// <summary>The name in <see cref="State"/> of how often the average was updated, one I64.</summary>
    public const string UpdatesName = "updates";

    private readonly TensorOwner _owner = new(nameof(ExponentialMovingAverage));
    private readonly (string Name, Tensor Value, Tensor Average)[] _slots;
    private readonly Tensor _updates;
    private readonly ParameterTable _table;
    private readonly AverageStep[] _steps;

    /// <param name="module">Whose parameters are averaged, frozen ones included.</param>
    /// <param name="decay">How much of the average is kept a step, at least 0 and below 1: 0.999 remembers a thousand steps.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is out of range.</exception>
    public unsafe ExponentialMovingAverage(Module module, double decay = 0.999)
    {
        Decay = OptimizerOption.Decay(decay, nameof(decay));
        _slots = [.. module.State().Where(s => s.Parameter is not null).Select(s => (s.Name, s.Value, _owner.New(s.Value.DType, s.Value.Shape)))];
        _updates = _owner.New(DType.I64, new Shape());
        _table = new ParameterTable([.. _slots.Select(s => s.Value.DType == DType.F64 ? 0 : s.Value.Count)]);
        for (int i = 0; i < _slots.Length; i++)
            _table.Rows[i] = new ParameterRow { P = (float*)_slots[i].Average.Record.Data, G = (float*)_slots[i].Value.Record.Data };
        _steps = GC.AllocateArray<AverageStep>(_slots.Length, pinned: true);
        Array.Fill(_steps, new AverageStep(decay));
    }

    public double Decay { get; }

    /// <summary>How often it was updated.</summary>
    public long Updates => _updates.AsSpan<long>()[0];

    /// <summary>Bytes of the average.</summary>
    public long Bytes => _owner.Bytes;

    /// <summary>The average under the parameters' names, and how often it was updated: to save and to load into.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() => [.. _slots.Select(s => (s.Name, s.Average)), (UpdatesName, _updates)];

    /// <summary>Takes in the parameters as they are now: after each step of the optimizer. Allocates nothing.</summary>
    public unsafe void Update(Workers? workers = null)
    {
        if (_updates.AsSpan<long>()[0]++ == 0)
        {
            foreach ((_, Tensor value, Tensor average) in _slots)
                value.Bytes.CopyTo(average.Bytes);
            return;
        }
        for (int i = 0; i < _slots.Length; i++)
        {
            (_, Tensor value, Tensor average) = _slots[i];
            if (value.DType == DType.F64)
                OptimizerStep.Run(_steps[i], (double*)average.Record.Data, (double*)value.Record.Data, null, null, null, value.Count);
        }
        fixed (AverageStep* steps = _steps)
            _table.Step(workers ?? Workers.Shared, steps);
    }

    /// <summary>
    /// Puts the average into the module and keeps what was there; once more, and all is as before. Nothing before the first
    /// update. Optimizer steps and updates wait until it is swapped back.
    /// </summary>
    public void Swap()
    {
        if (Updates == 0)
            return;
        foreach ((_, Tensor value, Tensor average) in _slots)
        {
            Span<byte> values = value.Bytes, averages = average.Bytes;
            for (int i = 0; i < values.Length; i++)
                (values[i], averages[i]) = (averages[i], values[i]);
            value.MarkWritten();
        }
    }
}
