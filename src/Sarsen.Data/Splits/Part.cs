namespace Sarsen.Data.Splits;

/// <summary>What a row is for.</summary>
public enum Part : byte
{
    Training,
    Validation,
    Test,

    /// <summary>Nothing.</summary>
    Unused,
}

internal static class Parts
{
    public static string Name(this Part part) => part switch
    {
        Part.Training => "training",
        Part.Validation => "validation",
        Part.Test => "test",
        _ => "unused",
    };
}
