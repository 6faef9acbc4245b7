namespace Sarsen.Models.Decoders;

/// <summary>Rows of a stored tensor that make, one part under the other, a parameter of a model.</summary>
/// <param name="Name">The stored tensor.</param>
/// <param name="First">Its first row that is taken.</param>
/// <param name="Count">How many; all from there on when null.</param>
/// <param name="Plus">What is added to each element: Gemma stores the weights of its norms less one.</param>
/// <param name="Otherwise">Where it may also be stored: of tied embeddings some files keep only the head.</param>
/// <param name="Rows">How many the stored tensor has, where it is written and takes all that is left of the parameter when null.</param>
public readonly record struct TensorPart(string Name, long First = 0, long? Count = null, double Plus = 0, string? Otherwise = null, long? Rows = null);
