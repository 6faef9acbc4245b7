namespace Sarsen.Serving;

/// <summary>The predictor failed at a request that was right as far as anyone could see; the inner exception says how.</summary>
public sealed class PredictionFailedException(string message, Exception? inner = null) : Exception(message, inner);
