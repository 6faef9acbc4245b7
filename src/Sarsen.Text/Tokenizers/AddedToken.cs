namespace Sarsen.Text.Tokenizers;

/// <summary>A token that is found in a text before anything else looks at it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">How it is written.</param>
/// <param name="Special">Whether it steers the model and is no text; found only where special tokens are parsed.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text instead of in the text as given.</param>
/// <param name="TrimLeft">Whether white space before it belongs to it (<c>lstrip</c>).</param>
/// <param name="TrimRight">Whether white space behind it belongs to it (<c>rstrip</c>).</param>
/// <param name="WholeWord">Whether it is one only where no letter, digit or underscore touches it (<c>single_word</c>).</param>
public sealed record AddedToken(
    int Id, string Text, bool Special, bool Normalized = false, bool TrimLeft = false, bool TrimRight = false, bool WholeWord = false);
