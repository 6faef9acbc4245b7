using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing;

/// <summary>The rows a step is fitted on: those of the training part, as the steps before it leave them.</summary>
/// <param name="input">Their columns.</param>
/// <param name="read">Reads them from the start; each call is a pass over the source.</param>
internal sealed class TrainingRows(StepInput input, Func<IEnumerable<RowBlock>> read)
{
    public StepInput Input => input;

    public IEnumerable<RowBlock> Read() => read();
}
