namespace Sarsen.Text.Sampling;

/// <summary>A token and the natural logarithm of its probability.</summary>
public readonly record struct TokenProbability(int Token, double LogProbability);
