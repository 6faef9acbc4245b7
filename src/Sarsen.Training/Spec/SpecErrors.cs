using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec;

/// <summary>Collects mistakes, so that all are answered at once and not one a run.</summary>
internal sealed class SpecErrors(SpecLimits limits)
{
    private readonly List<SpecError> _errors = [];
    private int _omitted;

    public int Count => _errors.Count + _omitted;

    public void Add(SpecMark at, string path, string message, string? suggestion = null)
    {
        if (_errors.Count >= limits.MaxErrors)
        {
            _omitted++;
            return;
        }
        _errors.Add(new SpecError(at.Line, at.Column, path, message, suggestion)
        {
            Source = at.Text.Name,
            Excerpt = at.Text.Line(at.Line),
            Length = at.Length,
        });
    }

    /// <exception cref="SpecException">There is any error.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
            throw ToException();
    }

    public SpecException ToException() =>
        new([.. _errors.OrderBy(e => e.Source, StringComparer.Ordinal).ThenBy(e => e.Line).ThenBy(e => e.Column)], _omitted);
}
