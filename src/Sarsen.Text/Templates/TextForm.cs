namespace Sarsen.Text.Templates;

/// <summary>How a value that is no text is written where a text is wanted: <c>{{ tool }}</c>, <c>flag | string</c>, <c>'a' ~ list</c>.</summary>
public enum TextForm
{
    /// <summary>As Python's <c>str</c>: <c>True</c>, <c>None</c>, <c>{'a': [1, 2]}</c>. What models saw in training where templates leave <c>tojson</c> out.</summary>
    Python,

    /// <summary>As JSON: <c>true</c>, nothing for <c>none</c> by itself, <c>{"a": [1, 2]}</c>. What @huggingface/jinja writes.</summary>
    Json,
}
