using System.ComponentModel;

namespace Sarsen.Text.Vocabularies;

/// <summary>What a text is cut into.</summary>
public enum TextUnit
{
    [Description("runs of letters, marks, digits and underscores; all else separates")]
    Word,

    [Description("Unicode characters")]
    Character,

    [Description("the bytes of UTF-8, which need no vocabulary")]
    Byte,
}
