namespace Sarsen.Serving.Language;

/// <summary>What became of a text.</summary>
/// <param name="Vector">Its vector, of the model's dimensions.</param>
/// <param name="Tokens">How many tokens were read of it, those around it among them.</param>
/// <param name="Cut">It was longer than the model takes.</param>
public sealed record TextEmbedding(float[] Vector, int Tokens, bool Cut);
