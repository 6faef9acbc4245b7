using Sarsen.Data.Splits;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing;

/// <summary>A step with what it learned.</summary>
internal sealed record LearnedStep(PreprocessStep Step, object? State);

/// <summary>Steps bound one behind the other.</summary>
internal sealed class StepChain
{
    private readonly List<Transform> _transforms = [];

    public StepChain(StepInput input) => Input = Output = input;

    public StepChain(StepInput input, IEnumerable<LearnedStep> steps) : this(input)
    {
        foreach (LearnedStep learned in steps)
            Add(learned);
    }

    /// <summary>The columns before the first step.</summary>
    public StepInput Input { get; }

    /// <summary>The columns behind the last.</summary>
    public StepInput Output { get; private set; }

    public IReadOnlyList<Transform> Transforms => _transforms;

    public void Add(LearnedStep learned)
    {
        Transform transform = learned.Step.Bind(Output, learned.State);
        _transforms.Add(transform);
        Output = transform.Output;
    }

    /// <summary>Rows of a part through the first <paramref name="steps"/> steps.</summary>
    public IEnumerable<RowBlock> Stream(IEnumerable<RowBlock> rows, Passage passage, int steps)
    {
        foreach (Transform transform in _transforms.Take(steps))
            rows = transform.Stream(rows, passage);
        return rows;
    }

    /// <summary>Rows of a prediction through the first <paramref name="steps"/> steps.</summary>
    public RowBlock Apply(RowBlock rows, int steps)
    {
        for (int i = 0; i < steps; i++)
            rows = _transforms[i].Apply(rows);
        return rows;
    }

    /// <summary>Fits steps one behind the other on training rows, each on what those before it leave.</summary>
    public static (StepChain Chain, IReadOnlyList<LearnedStep> Steps) Fit(StepInput input, IReadOnlyList<PreprocessStep> steps, Func<IEnumerable<RowBlock>> read)
    {
        var chain = new StepChain(input);
        var learned = new List<LearnedStep>();
        foreach (PreprocessStep step in steps)
        {
            SettingsCheck.Check(step, step.Word);
            int before = learned.Count;
            var rows = new TrainingRows(chain.Output, () => chain.Stream(read(), new Passage(Part.Training, []), before));
            learned.Add(new LearnedStep(step, step.Learn(rows)));
            chain.Add(learned[^1]);
        }
        return (chain, learned);
    }
}
