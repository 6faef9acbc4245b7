namespace Sarsen.Data;

/// <summary>
/// The data is not what was said of it. The message names the place (file, line, column, row or field), what was found,
/// what was expected, and how to cure it.
/// </summary>
public class DataException(string message, Exception? inner = null) : Exception(message, inner);
