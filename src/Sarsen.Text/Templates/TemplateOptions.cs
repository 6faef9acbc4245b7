namespace Sarsen.Text.Templates;

/// <summary>How a template is read and rendered.</summary>
public sealed record TemplateOptions
{
    public static TemplateOptions Default { get; } = new();

    /// <summary>Whether the first line end after a statement or a comment goes. Hugging Face renders chat templates so.</summary>
    public bool TrimBlocks { get; init; } = true;

    /// <summary>Whether white space from the beginning of the line to a statement or a comment goes. Hugging Face renders chat templates so.</summary>
    public bool LstripBlocks { get; init; } = true;

    public TextForm TextForm { get; init; } = TextForm.Python;

    public TemplateLimits Limits { get; init; } = TemplateLimits.Default;

    /// <summary>Where <c>strftime_now</c> has its time from, in the provider's local zone.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
