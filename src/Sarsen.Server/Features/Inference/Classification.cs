using System.Text;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>
/// The classification extension: in place of a row of numbers, its largest ones as texts
/// <c>value:index</c> or <c>value:index:label</c>, the largest first and the first of equals first.
/// </summary>
internal static class Classification
{
    /// <param name="from">(rows, …) of numbers; the dimensions after the first are taken as one.</param>
    /// <param name="count">How many a row; all where there are fewer.</param>
    /// <param name="labels">The labels of the classes; none, or as many as numbers in a row.</param>
    /// <param name="to">Becomes (rows, count) texts.</param>
    public static void Rank(TensorBuffer from, int count, IReadOnlyList<string> labels, TensorBuffer to)
    {
        int rows = (int)from.Shape[0], width = (int)(from.Elements / rows), size = from.Type.Size();
        count = Math.Min(count, width);
        to.Reshape(rows, count);
        var numbers = new (double Value, string Text)[width];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < width; i++)
                numbers[i] = ElementText.Number(from.Type, from.Bytes[((row * width + i) * size)..]);
            IEnumerable<int> ranked = Enumerable.Range(0, width).OrderByDescending(i => numbers[i].Value).Take(count);
            foreach (int i in ranked)
                to.Append(Encoding.UTF8.GetBytes(labels.Count == width ? $"{numbers[i].Text}:{i}:{labels[i]}" : $"{numbers[i].Text}:{i}"));
        }
    }
}
