namespace Sarsen.Training.Runs;

/// <summary>A run cannot begin or go on; the message says why and what to do.</summary>
public class RunException(string message, Exception? inner = null) : Exception(message, inner);
