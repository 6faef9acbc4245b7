namespace Sarsen.Serving.Language;

/// <summary>What becomes of a text that is longer than an embedding model takes.</summary>
public enum LongText
{
    /// <summary>Its beginning is taken, as sentence-transformers does.</summary>
    Cut,

    /// <summary>It is refused with an <see cref="InputException"/>.</summary>
    Refuse,
}
