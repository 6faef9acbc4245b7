namespace Sarsen.Data.Preprocessing;

/// <summary>A value of a row cannot be what a model reads. The message names row and field, cause and cure.</summary>
/// <param name="message">Cause and cure.</param>
/// <param name="field">The field's name.</param>
/// <param name="row">The row within the source or the request, from 0.</param>
public sealed class FieldException(string message, string field, long row) : DataException(message)
{
    public string Field { get; } = field;

    public long Row { get; } = row;
}
