using Sarsen.Text.Grammars;

namespace Sarsen.Serving.Language;

/// <summary>A constraint in use: its memory counts until this is disposed of.</summary>
public sealed class ConstraintLease : IDisposable
{
    private Action? _release;

    internal ConstraintLease(TokenGrammar constraint, Action release) => (Constraint, _release) = (constraint, release);

    public TokenGrammar Constraint { get; }

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
