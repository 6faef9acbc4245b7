namespace Sarsen.Data.Preprocessing;

/// <summary>
/// One step from raw columns to what a model reads, as a spec says it: a record with a parameterless constructor, its
/// options as init properties. A new step is one file and one line in <see cref="StepCatalogue"/>.
/// </summary>
public abstract record PreprocessStep;
