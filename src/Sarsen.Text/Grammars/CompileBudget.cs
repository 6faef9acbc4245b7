using System.Diagnostics;

namespace Sarsen.Text.Grammars;

/// <summary>States and time that compiling a grammar has used up.</summary>
internal sealed class CompileBudget(string source, GrammarLimits limits)
{
    private readonly long _begin = Stopwatch.GetTimestamp();
    private long _states, _steps;

    public string Source => source;

    public GrammarLimits Limits => limits;

    public void CountState()
    {
        if (++_states > limits.MaxStates)
            throw new GrammarLimitException(source, $"it needs more than {limits.MaxStates} states: make repetitions shorter, or raise MaxStates");
        Step();
    }

    public void Step()
    {
        if ((++_steps & 1023) == 0 && Stopwatch.GetElapsedTime(_begin) > limits.MaxTime)
            throw new GrammarLimitException(source, $"compiling it takes longer than {limits.MaxTime.TotalSeconds} s");
    }

    public GrammarException Fail(string message) => new(source, 0, message);
}
