namespace Sarsen.Training.Runs;

/// <summary>The kinds of <see cref="RunEvent"/>.</summary>
public static class RunEventKind
{
    /// <summary>An attempt began: spec, version, machine.</summary>
    public const string Started = "started";

    /// <summary>The data is ready: samples of each part, checksum, bad rows.</summary>
    public const string Data = "data";

    /// <summary>The network is built: its shape table and memory.</summary>
    public const string Model = "model";

    /// <summary>An attempt goes on from a checkpoint.</summary>
    public const string Resumed = "resumed";

    /// <summary>How far it is, every few seconds.</summary>
    public const string Progress = "progress";

    /// <summary>An epoch ended: its losses and metrics.</summary>
    public const string Epoch = "epoch";

    public const string Checkpoint = "checkpoint";

    /// <summary>Training ended before its last epoch because a metric stopped getting better.</summary>
    public const string EarlyStopped = "early_stopped";

    /// <summary>What a language model wrote at the end of an epoch.</summary>
    public const string Text = "text";

    /// <summary>The finished model was measured on a part of the data.</summary>
    public const string Evaluated = "evaluated";

    /// <summary>A fold of a cross-validation ended.</summary>
    public const string Fold = "fold";

    public const string Warning = "warning";

    public const string Finished = "finished";

    /// <summary>Someone asked it to stop; it can be resumed.</summary>
    public const string Interrupted = "interrupted";

    public const string Failed = "failed";
}
