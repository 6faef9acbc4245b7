namespace Sarsen.Data.Preprocessing;

/// <summary>
/// One step from raw columns to what a model reads, as a spec says it: a record with a parameterless constructor, its
/// options as init properties. A new step is one file and one line in <see cref="StepCatalogue"/>. It derives from
/// <see cref="PlainStep"/>, or from <see cref="FittedStep{TState}"/> where it learns something from the training rows.
/// </summary>
public abstract record PreprocessStep
{
    /// <summary>The type of what is learned, as it is stored with the model; null where nothing is.</summary>
    internal abstract Type? StateType { get; }

    /// <summary>Learns from the training rows; null where nothing is learned.</summary>
    internal abstract object? Learn(TrainingRows rows);

    /// <summary>The transform of a table with these columns.</summary>
    /// <exception cref="DataException">The columns do not fit the step.</exception>
    internal abstract Transform Bind(StepInput input, object? state);

    /// <summary>The step's word, which messages begin with.</summary>
    internal string Word => StepCatalogue.All.FirstOrDefault(e => e.Type == GetType())?.Word
        ?? throw new InvalidOperationException($"{GetType()} is not in the step catalogue: add its line");
}

/// <summary>A step that learns nothing.</summary>
public abstract record PlainStep : PreprocessStep
{
    internal sealed override Type? StateType => null;

    internal sealed override object? Learn(TrainingRows rows) => null;

    internal sealed override Transform Bind(StepInput input, object? state) => Bind(input);

    internal abstract Transform Bind(StepInput input);
}

/// <summary>A step that learns from the training rows, in one or two passes, and from nothing else.</summary>
/// <typeparam name="TState">What it learns: a record, or a list of records, that System.Text.Json writes and reads.</typeparam>
public abstract record FittedStep<TState> : PreprocessStep where TState : class
{
    internal sealed override Type? StateType => typeof(TState);

    internal sealed override object? Learn(TrainingRows rows) => Fit(rows);

    internal sealed override Transform Bind(StepInput input, object? state) => Bind(input, (TState)state!);

    internal abstract TState Fit(TrainingRows rows);

    internal abstract Transform Bind(StepInput input, TState state);
}
