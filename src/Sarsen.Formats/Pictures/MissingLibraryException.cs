namespace Sarsen.Formats.Pictures;

/// <summary>A native library that is optional, and needed now, is not on this machine.</summary>
public sealed class MissingLibraryException(string message) : NotSupportedException(message);
