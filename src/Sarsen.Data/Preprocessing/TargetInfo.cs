namespace Sarsen.Data.Preprocessing;

/// <summary>What kind of thing is predicted.</summary>
public enum TargetKind
{
    /// <summary>By the column: text, booleans and integers are classes, numbers and several columns are values.</summary>
    Auto,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>One of several classes.</summary>
    Classes,

    /// <summary>One or more numbers.</summary>
    Values,
}

/// <summary>What is predicted.</summary>
/// <param name="Kind">Never <see cref="TargetKind.Auto"/>.</param>
/// <param name="Columns">The target columns, in order.</param>
/// <param name="Classes">The names of the classes in order; empty for values.</param>
public sealed record TargetInfo(TargetKind Kind, IReadOnlyList<string> Columns, IReadOnlyList<string> Classes);
