using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>One tensor of a GGUF file.</summary>
/// <param name="Name">As the file says it.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Shape">Outermost dimension first: the file lists them the other way round.</param>
/// <param name="Offset">Where its bytes begin, from the beginning of its file.</param>
/// <param name="Bytes">How many there are.</param>
/// <param name="Part">Which of the model's files it lies in, from 0.</param>
public sealed record GgufTensor(string Name, BlockType Type, Shape Shape, long Offset, long Bytes, int Part = 0);
