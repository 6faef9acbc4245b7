namespace Sarsen.Bench;

/// <summary>What is timed, one run at a time.</summary>
internal abstract class Work : IDisposable
{
    /// <summary>How many operations one run does: more than one where a single one is too short for the clock.</summary>
    public virtual int Operations => 1;

    /// <summary>Runs after which all memory that it uses has been used.</summary>
    public virtual int Cycle => 1;

    public abstract void Run();

    /// <summary>Seconds of the last run where it timed a part of itself, as the wait for a first token; null where all of it counts.</summary>
    public virtual double? Timed => null;

    /// <summary>What a run gives, in short, where it can be compared with the other side's; else null.</summary>
    public virtual string? Check() => null;

    public virtual void Dispose()
    {
    }
}
