namespace Sarsen.Nn.Plans;

/// <summary>The steps of a plan while rules rewrite them: in an order in which they can run.</summary>
/// <param name="constants">Where rules put what they compute.</param>
/// <param name="input">What a run is given.</param>
public sealed class PlanGraph(PlanConstants constants, PlanValue input)
{
    private readonly List<PlanStep> _steps = [];

    public PlanConstants Constants { get; } = constants;

    public PlanValue Input { get; } = input;

    /// <summary>What a run gives.</summary>
    public PlanValue Output { get; private set; } = input;

    public IReadOnlyList<PlanStep> Steps => _steps;

    internal void Add(PlanStep step) => _steps.Add(step);

    internal void SetOutput(PlanValue output) => Output = output;

    /// <summary>How often a value is read, views of it and the plan's result included.</summary>
    public int Uses(PlanValue value) =>
        _steps.Sum(s => s.Inputs.Count(i => i.Storage == value.Storage)) + (Output.Storage == value.Storage ? 1 : 0);

    /// <summary>The place of the step that writes a value; -1 for constants and the input.</summary>
    public int ProducerOf(PlanValue value) => _steps.FindIndex(s => s.Outputs.Any(o => o.Storage == value.Storage));

    /// <summary>
    /// The step that makes the whole of a value, maybe under another shape, that <paramref name="reader"/> alone reads; or null.
    /// </summary>
    public PlanStep? OnlyProducer(PlanStep reader, int input)
    {
        PlanValue value = reader.Inputs[input];
        bool whole = value.IsContiguous && value.Offset == 0 && value.Bytes == value.Storage.Bytes;
        int at = whole && value.Constant is null && Uses(value) == 1 ? ProducerOf(value) : -1;
        return at < 0 || _steps[at].Outputs.Count != 1 ? null : _steps[at];
    }

    /// <summary>Puts <paramref name="merged"/> in the place of <paramref name="last"/>, whose results it gives, and takes <paramref name="first"/> away.</summary>
    public void Merge(PlanStep first, PlanStep last, PlanStep merged)
    {
        _steps[_steps.IndexOf(last)] = merged;
        _steps.Remove(first);
    }

    /// <summary>Another step in the place of one, with the same results.</summary>
    public void Replace(PlanStep step, PlanStep with) => _steps[_steps.IndexOf(step)] = with;

    /// <summary>Takes away the steps whose results nobody reads.</summary>
    internal void DropUnused()
    {
        for (int i = _steps.Count - 1; i >= 0; i--)
        {
            if (_steps[i].Outputs.All(o => Uses(o) == 0))
                _steps.RemoveAt(i);
        }
    }
}
