using System.Runtime.InteropServices;
using Sarsen.Data.Splits;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>Drops rows that meet a condition, each on its own, and counts them; never at prediction.</summary>
/// <param name="word">The step's word.</param>
/// <param name="input">The columns.</param>
/// <param name="everyPart">Whether validation and test lose such rows too, or the training part alone.</param>
/// <param name="drop">The condition.</param>
internal sealed class DropRows(string word, StepInput input, bool everyPart, Func<RowBlock, int, bool> drop) : Transform(input)
{
    public override RowBlock Apply(RowBlock rows) => rows;

    public override IEnumerable<RowBlock> Stream(IEnumerable<RowBlock> rows, Passage passage) =>
        everyPart || passage.Part == Part.Training ? rows.Select(block => Keep(block, passage)).Where(block => block.Count > 0) : rows;

    private RowBlock Keep(RowBlock block, Passage passage)
    {
        var kept = new List<int>(block.Count);
        for (int row = 0; row < block.Count; row++)
        {
            if (!drop(block, row))
                kept.Add(row);
        }
        passage.Dropped(word, block.Count - kept.Count);
        return kept.Count == block.Count ? block : block.Take(CollectionsMarshal.AsSpan(kept));
    }
}
