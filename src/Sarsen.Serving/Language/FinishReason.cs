namespace Sarsen.Serving.Language;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended it, or a stop text came.</summary>
    Stop,

    /// <summary>It is as long as was asked for, or as the context.</summary>
    Length,
}
