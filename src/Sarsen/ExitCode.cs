namespace Sarsen;

/// <summary>What the program's end says to a script.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It began and failed: the disk, the network, a server's refusal.</summary>
    public const int Failed = 1;

    /// <summary>What was given is wrong: the command line, a spec, data, a model.</summary>
    public const int BadInput = 2;

    /// <summary>A run was asked to stop; it can be resumed.</summary>
    public const int Interrupted = 130;
}
