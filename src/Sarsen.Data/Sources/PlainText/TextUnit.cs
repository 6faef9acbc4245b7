using System.ComponentModel;

namespace Sarsen.Data.Sources.PlainText;

/// <summary>What of a text file is one row.</summary>
public enum TextUnit
{
    [Description("Each line.")]
    Line,

    [Description("The whole file.")]
    File,
}
