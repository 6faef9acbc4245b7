namespace Sarsen.Training.Spec;

/// <summary>A spec that cannot be used: every mistake that was found in it, in the order of the text.</summary>
public sealed class SpecException : FormatException
{
    /// <param name="errors">At least one.</param>
    /// <param name="omitted">How many more there were beyond the limit.</param>
    public SpecException(IReadOnlyList<SpecError> errors, int omitted = 0) : base(Display(errors, omitted))
    {
        Errors = errors;
        Omitted = omitted;
    }

    public IReadOnlyList<SpecError> Errors { get; }

    /// <summary>Mistakes beyond <see cref="SpecLimits.MaxErrors"/>, not in <see cref="Errors"/>.</summary>
    public int Omitted { get; }

    private static string Display(IReadOnlyList<SpecError> errors, int omitted)
    {
        IEnumerable<string> parts = errors.Select(e => e.ToDisplay());
        if (omitted > 0)
            parts = parts.Append($"and {omitted} more");
        return string.Join("\n", parts);
    }
}
